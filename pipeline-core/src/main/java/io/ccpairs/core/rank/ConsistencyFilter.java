package io.ccpairs.core.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.kernel.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

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
 *       and Schwarz), at F / D of its cost. Each pair takes the F that costs it least on a sample
 *       of the pool, or the vectors themselves.
 *   <li>Products that come within rounding of the pair's own, and bounds that reach it, are
 *       computed again in double precision.
 * </ol>
 *
 * <p>Threads may share one.
 */
public final class ConsistencyFilter {
  /** Vectors at most so far apart are one: rounding between batches moves them by about 1e-6. */
  private static final double SAME = 1e-5;

  private static final int FIRST_TILE = 256;

  /** Where more than this share of a tile reaches a query's own score, products cost less. */
  private static final double MAX_REACH = 0.02;

  /** What one product looked at alone costs, in products computed together. */
  private static final double ALONE = 30;

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
  private final double rounding;
  private final LongAdder multiplied = new LongAdder();

  /** A filter over a pool, which stays the caller's. */
  public ConsistencyFilter(Pool pool) {
    this(pool, Plan.ALL);
  }

  ConsistencyFilter(Pool pool, Plan plan) {
    this.pool = pool;
    this.plan = plan;
    // A sum of D float32 products is off by at most D · 2^-24 · |q||p|, whatever its order (Higham,
    // Accuracy and Stability, section 3.1); lengths are within half a percent of 1; inputs of the
    // bound are rounded once more.
    this.rounding = 1.02 * pool.dimensions() * 0x1p-24 + 5e-7;
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
    Search search = new Search(queries, positives, keys, limit);
    int[] open = new int[pairs];
    int count = 0;
    for (int i = 0; i < pairs; i++) {
      if (Pool.isUnit(queries, i * d, d) && Pool.isUnit(positives, i * d, d)) {
        double cosine = 0;
        for (int j = i * d; j < (i + 1) * d; j++) {
          cosine += (double) queries[j] * positives[j];
        }
        search.cosines[i] = cosine;
        open[count++] = i;
      } else {
        search.outranked[i] = -1;
        search.cosines[i] = Double.NaN;
      }
    }
    open = Arrays.copyOf(open, count);
    boolean whole = limit == Integer.MAX_VALUE || !plan.exit || pool.lists() == 0;
    if (whole || (plan.probes == 0 && !plan.bounds)) {
      search.scan(open);
    } else {
      byte[][] met = new byte[pairs][];
      for (int pair : open) {
        met[pair] = new byte[(pool.lists() + 7) / 8];
      }
      search.scanLists(search.probe(open, met), met);
    }
    return new Ranks(search.outranked, search.cosines);
  }

  /** One batch on its way through the pool. */
  private final class Search {
    private final float[] queries;
    private final float[] positives;
    private final int[] own;
    private final int limit;
    private final int[] outranked;
    private final double[] cosines;

    Search(float[] queries, float[] positives, long[] keys, int limit) {
      this.queries = queries;
      this.positives = positives;
      this.limit = limit;
      this.outranked = new int[keys.length / 2];
      this.cosines = new double[outranked.length];
      this.own = new int[outranked.length];
      Arrays.setAll(own, pair -> pool.place(keys[2 * pair], keys[2 * pair + 1]));
    }

    /**
     * Lets each open pair meet its nearest lists, the nearest first.
     *
     * @param met gets for each pair the lists it met, as bits
     * @return the pairs that are still open
     */
    int[] probe(int[] open, byte[][] met) {
      int lists = pool.lists();
      int probes = Math.min(plan.probes, lists);
      if (open.length == 0 || probes == 0) {
        return open;
      }
      int[] still = open;
      long[] nearest;
      try (NDManager scope = pool.manager().newSubManager()) {
        NDArray rows = rows(scope, open);
        nearest = pool.kernels().nearest(rows, pool.centres(), probes).toLongArray();
        multiplied.add((long) open.length * lists * pool.dimensions());
      }
      int[] place = new int[outranked.length];
      for (int i = 0; i < open.length; i++) {
        place[open[i]] = i;
      }
      for (int probe = 0; probe < probes && still.length > 0; probe++) {
        int[] begins = new int[lists + 1];
        for (int pair : still) {
          begins[(int) nearest[place[pair] * probes + probe] + 1]++;
        }
        for (int list = 0; list < lists; list++) {
          begins[list + 1] += begins[list];
        }
        int[] next = begins.clone();
        int[] byList = new int[still.length];
        for (int pair : still) {
          byList[next[(int) nearest[place[pair] * probes + probe]]++] = pair;
        }
        for (int list = 0; list < lists; list++) {
          int[] some = Arrays.copyOfRange(byList, begins[list], begins[list + 1]);
          for (int pair : some) {
            met[pair][list >> 3] |= (byte) (1 << (list & 7));
          }
          meet(some, pool.begin(list), pool.begin(list + 1));
        }
        still = open(still);
      }
      return still;
    }

    /** Lets the pairs meet the whole pool in its order, a few passages first. */
    void scan(int[] pairs) {
      int[] open = pairs;
      int rows = FIRST_TILE;
      int from = 0;
      while (from < pool.size() && open.length > 0) {
        int to = pool.end(from, rows, pool.size());
        meet(open, from, to);
        if (plan.exit) {
          open = open(open);
        }
        from = to;
        rows = Math.min(1 << 20, 2 * rows);
      }
    }

    /** Lets the pairs meet the lists of the pool that they have not met. */
    void scanLists(int[] pairs, byte[][] met) {
      if (pairs.length == 0) {
        return;
      }
      int[] cuts = plan.bounds ? pool.cuts() : new int[0];
      try (NDManager scope = pool.manager().newSubManager()) {
        int[] cutOf = cheapest(pairs, cuts);
        List<Bounded> groups = new ArrayList<>();
        for (int cut = 0; cut < cuts.length; cut++) {
          groups.add(new Bounded(scope, cut, at(cut, pairs, cutOf)));
        }
        int[] plain = at(cuts.length, pairs, cutOf);
        for (int list = 0; list < pool.lists(); list++) {
          plain = open(plain);
          int[] here = unmet(plain, list, met);
          for (Bounded group : groups) {
            here = concat(here, unmet(group.meet(list, met), list, met));
            group.leave();
          }
          meet(here, pool.begin(list), pool.begin(list + 1));
        }
      }
    }

    /** For each pair the cut at which a sample of the pool costs it least, or that of no bounds. */
    private int[] cheapest(int[] pairs, int[] cuts) {
      int[] cutOf = new int[pairs.length];
      double[] least = new double[pairs.length];
      Arrays.fill(cutOf, cuts.length);
      Arrays.fill(least, 1);
      for (int cut = 0; cut < cuts.length; cut++) {
        try (NDManager scope = pool.manager().newSubManager()) {
          NDArray sample = pool.boundSample();
          double passages = sample.getShape().get(0);
          long[] reached =
              pool.kernels()
                  .reached(turned(scope, pairs, cut), sample, below(scope, pairs))
                  .toLongArray();
          multiplied.add((long) (pairs.length * passages * cuts[cut]));
          for (int i = 0; i < pairs.length; i++) {
            double share = (double) cuts[cut] / pool.dimensions();
            double cost = share + Math.min(1, ALONE * reached[i] / passages);
            if (cost < least[i]) {
              least[i] = cost;
              cutOf[i] = cut;
            }
          }
        }
      }
      return cutOf;
    }

    private int[] at(int cut, int[] pairs, int[] cutOf) {
      return IntStream.range(0, pairs.length)
          .filter(i -> cutOf[i] == cut)
          .map(i -> pairs[i])
          .toArray();
    }

    /** The pairs' queries as rows of bounds up to a cut. */
    private NDArray turned(NDManager scope, int[] pairs, int cut) {
      int[] cuts = Arrays.copyOf(pool.cuts(), cut + 1);
      NDArray turned = pool.kernels().turned(rows(scope, pairs), pool.directions(), cuts, cut);
      turned.attach(scope);
      return turned;
    }

    private int[] unmet(int[] open, int list, byte[][] met) {
      return Arrays.stream(open).filter(pair -> !hasMet(met, pair, list)).toArray();
    }

    private boolean hasMet(byte[][] met, int pair, int list) {
      return (met[pair][list >> 3] & (1 << (list & 7))) != 0;
    }

    /** Pairs that meet passages by bounds up to one cut. */
    private final class Bounded {
      private final NDManager scope;
      private final int cut;
      private final int width;
      private int[] pairs;
      private NDArray rows;
      private NDArray below;

      Bounded(NDManager scope, int cut, int[] pairs) {
        this.scope = scope;
        this.cut = cut;
        this.width = pool.cuts()[cut] + cut + 1;
        this.pairs = pairs;
        this.rows = turned(scope, pairs, cut);
        this.below = below(scope, pairs);
      }

      /**
       * Meets a list by bounds.
       *
       * @return the pairs that must meet its vectors
       */
      int[] meet(int list, byte[][] met) {
        int from = pool.begin(list);
        int to = pool.begin(list + 1);
        if (pairs.length == 0 || from == to) {
          return new int[0];
        }
        if (pool.end(from, to - from, to) < to) {
          return pairs; // Across the border of two parts: rare, and not worth a case of its own.
        }
        long[] dense;
        long[] places;
        try (NDManager tile = scope.newSubManager()) {
          NDArray query = rows.duplicate();
          query.attach(tile);
          long most = (long) (MAX_REACH * (to - from));
          NDList found = pool.kernels().reach(query, pool.bounds(tile, from, to), below, most);
          dense = found.get(0).toLongArray();
          places = found.get(1).toLongArray();
          found.close();
          multiplied.add((long) pairs.length * (to - from) * width);
        }
        for (int i = 0; i < places.length; i += 2) {
          int pair = pairs[(int) places[i]];
          if (outranked[pair] < limit && !hasMet(met, pair, list)) {
            compare(pair, from + (int) places[i + 1]);
            multiplied.add(pool.dimensions());
          }
        }
        return Arrays.stream(dense)
            .mapToInt(place -> pairs[(int) place])
            .filter(pair -> outranked[pair] < limit)
            .toArray();
      }

      /** Leaves out the pairs that are decided, once it is worth a copy. */
      void leave() {
        int[] still = open(pairs);
        if (still.length < 0.9 * pairs.length) {
          pairs = still;
          rows.close();
          below.close();
          rows = turned(scope, pairs, cut);
          below = below(scope, pairs);
        }
      }
    }

    /** Computes the products of the pairs with a range of the pool and counts. */
    private void meet(int[] pairs, int from, int to) {
      if (pairs.length == 0) {
        return;
      }
      int rows = pool.tile(pairs.length);
      int at = from;
      while (at < to) {
        int end = pool.end(at, rows, to);
        try (NDManager scope = pool.manager().newSubManager()) {
          NDList found =
              pool.kernels()
                  .outranked(
                      rows(scope, pairs),
                      pool.vectors(scope, at, end),
                      limits(scope, pairs, rounding + 1.01 * SAME),
                      below(scope, pairs),
                      scope.create(ownPlaces(pairs, at, end)));
          long[] counts = found.get(0).toLongArray();
          long[] places = found.get(1).toLongArray();
          found.close();
          for (int i = 0; i < pairs.length; i++) {
            add(pairs[i], (int) counts[i]);
          }
          for (int i = 0; i < places.length; i += 2) {
            compare(pairs[(int) places[i]], at + (int) places[i + 1]);
          }
        }
        multiplied.add((long) pairs.length * (end - at) * pool.dimensions());
        at = end;
      }
    }

    /** Where the pairs' own passages stand among the scores of a range. */
    private long[] ownPlaces(int[] pairs, int from, int to) {
      long[] places = new long[pairs.length];
      int count = 0;
      for (int i = 0; i < pairs.length; i++) {
        int place = own[pairs[i]];
        if (place >= from && place < to) {
          places[count++] = (long) i * (to - from) + place - from;
        }
      }
      return Arrays.copyOf(places, count);
    }

    /** Decides between a pair's own passage and another in double precision. */
    private void compare(int pair, int passage) {
      int offset = pair * pool.dimensions();
      double score = pool.quickProduct(queries, offset, passage);
      if (Math.abs(score - cosines[pair]) < 1e-12) {
        score = pool.product(queries, offset, passage);
      }
      if (score > cosines[pair]
          && passage != own[pair]
          && (score > cosines[pair] + 1.01 * SAME
              || pool.distanceSquare(positives, offset, passage) > SAME * SAME)) {
        add(pair, 1);
      }
    }

    private void add(int pair, int more) {
      outranked[pair] = (int) Math.min(limit, (long) outranked[pair] + more);
    }

    private int[] open(int[] pairs) {
      return Arrays.stream(pairs).filter(pair -> outranked[pair] < limit).toArray();
    }

    private NDArray rows(NDManager scope, int[] pairs) {
      int d = pool.dimensions();
      float[] rows = new float[pairs.length * d];
      for (int i = 0; i < pairs.length; i++) {
        System.arraycopy(queries, pairs[i] * d, rows, i * d, d);
      }
      return scope.create(rows, new Shape(pairs.length, d));
    }

    private NDArray below(NDManager scope, int[] pairs) {
      return limits(scope, pairs, -rounding);
    }

    private NDArray limits(NDManager scope, int[] pairs, double margin) {
      float[] limits = new float[pairs.length];
      for (int i = 0; i < pairs.length; i++) {
        limits[i] = (float) (cosines[pairs[i]] + margin);
      }
      return scope.create(limits, new Shape(pairs.length));
    }
  }

  private static int[] concat(int[] some, int[] more) {
    if (some.length == 0) {
      return more;
    }
    int[] both = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, both, some.length, more.length);
    return both;
  }
}
