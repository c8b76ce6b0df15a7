package io.ccpairs.core.rank;

import io.ccpairs.core.encoder.kernel.Torch;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * The consistency filter (E5, section 3): how many passages of a pool are closer to a query than
 * its own passage. For a pair (q, p⁺) that is
 *
 * <pre>|{ p in pool : text(p) ≠ text(p⁺), |p − p⁺| &gt; 1e-5, q·p &gt; q·p⁺ }|</pre>
 *
 * all vectors of unit length, products of the float32 vectors summed in double precision. A pair is
 * consistent for k when fewer than k passages outrank it. The second condition leaves out texts
 * that are one for the model, such as two with the same first 128 tokens: their true scores are
 * equal, and which of them is ahead would be a matter of the batches they were encoded in.
 *
 * <p>It is a count up to a limit, not a search for the nearest: a pair leaves as soon as the limit
 * is reached. Three steps, none of which changes a decision:
 *
 * <ol>
 *   <li>Each query meets the few lists of the pool whose centres are nearest; most pairs that are
 *       not consistent leave here.
 *   <li>The others meet the whole pool by bounds: of two vectors along the pool's longest
 *       directions, the first F coordinates and the lengths of the rest bound the product (Cauchy
 *       and Schwarz), at F / D of its cost. Each pair takes for each list the F that should cost it
 *       least, judged by the list's means and variances, or the vectors themselves. Where a bound
 *       reaches the pair's own score, further coordinates sharpen it.
 *   <li>Products that come within rounding of the pair's own, and bounds that reach it, are
 *       computed again in double precision.
 * </ol>
 *
 * <p>Threads may share one.
 */
public final class ConsistencyFilter {
  /** Vectors at most so far apart are one: rounding between batches moves them by about 1e-6. */
  static final double SAME = 1e-5;

  /**
   * What the search makes use of.
   *
   * @param exit pairs leave when the limit is reached
   * @param probes lists that a query meets before it is searched for in the whole pool; 0 for none
   * @param bounds whether prefixes are used
   */
  record Plan(boolean exit, int probes, boolean bounds) {
    static final Plan ALL = new Plan(true, 12, true);
  }

  private final Pool pool;
  private final Plan plan;
  private final LongAdder multiplied = new LongAdder();

  /** A filter over a pool, which stays the caller's. */
  public ConsistencyFilter(Pool pool) {
    this(pool, Plan.ALL);
  }

  ConsistencyFilter(Pool pool, Plan plan) {
    this.pool = pool;
    this.plan = plan;
  }

  /**
   * How many products of a query and a passage were computed, counted as their share of the D
   * multiplications.
   */
  public double productsComputed() {
    return (double) multiplied.sum() / pool.dimensions();
  }

  /** The pool. */
  public Pool pool() {
    return pool;
  }

  /**
   * Counts for a batch of B pairs. The larger the batch, the better: lists are met by all their
   * queries at once.
   *
   * @param queries B · D numbers, rows of unit length
   * @param positives B · D numbers: the pairs' own passages
   * @param keys B · 2: the keys of the texts of the pairs' own passages
   * @param limit counts stop here: k for a decision, {@link Integer#MAX_VALUE} for full ranks
   */
  public Ranks count(float[] queries, float[] positives, long[] keys, int limit) {
    Torch.inferOnThisThread();
    int d = pool.dimensions();
    int pairs = queries.length / d;
    if (positives.length != queries.length
        || keys.length != 2 * pairs
        || pairs * d != queries.length) {
      throw new IllegalArgumentException(
          "Cannot rank: "
              + queries.length
              + " numbers of queries, "
              + positives.length
              + " of passages and "
              + keys.length
              + " of keys do not make pairs of "
              + d
              + " dimensions");
    }
    int[] outranked = new int[pairs];
    double[] cosines = new double[pairs];
    int[] open = new int[pairs];
    int count = 0;
    for (int i = 0; i < pairs; i++) {
      if (Pool.isUnit(queries, i * d, d) && Pool.isUnit(positives, i * d, d)) {
        double cosine = 0;
        for (int j = i * d; j < (i + 1) * d; j++) {
          cosine += (double) queries[j] * positives[j];
        }
        cosines[i] = cosine;
        open[count++] = i;
      } else {
        outranked[i] = -1;
        cosines[i] = Double.NaN;
      }
    }
    if (count > 0 && pool.size() > 0) {
      try (Search search =
          new Search(pool, plan, queries, positives, keys, cosines, outranked, limit)) {
        search.run(Arrays.copyOf(open, count));
        multiplied.add(search.multiplied());
      }
    }
    return new Ranks(outranked, cosines);
  }
}
