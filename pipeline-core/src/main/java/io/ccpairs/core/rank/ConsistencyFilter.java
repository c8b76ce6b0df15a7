package io.ccpairs.core.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.kernel.Torch;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * The consistency filter (E5, section 3): how many passages of a pool are closer to a query than
 * its own passage. For a pair (q, p⁺) that is the number of pool passages p with text(p) ≠ text(p⁺)
 * and q·p &gt; q·p⁺, all vectors of unit length, products of the float32 vectors in double
 * precision. A pair is consistent for k when fewer than k passages outrank it.
 *
 * <p>It is a count up to a limit, not a search for the nearest: a pair leaves as soon as the limit
 * is reached. Three steps, none of which changes a decision:
 *
 * <ol>
 *   <li>Each query meets the few lists of the pool whose centres are nearest; most pairs that are
 *       not consistent leave here.
 *   <li>The others meet the whole pool by prefixes: of two vectors along the pool's longest
 *       directions, the first F coordinates and the lengths of the rest bound the product (Cauchy
 *       and Schwarz), at F / D of its cost.
 *   <li>Products that come within rounding of the pair's own, and bounds that reach it, are
 *       computed again in double precision.
 * </ol>
 *
 * <p>Threads may share one.
 */
public final class ConsistencyFilter {
  /**
   * A float32 product of unit vectors of up to 4,096 numbers is at most this far from the exact
   * one; seen are 3e-7.
   */
  private static final double ROUNDING = 3e-5;

  /** Lists that a query meets before it is searched for in the whole pool. */
  private static final int PROBES = 12;

  private static final int TILE = 4_096;
  private static final int FIRST_TILE = 256;

  /** A bound that more than this share of a tile reaches is no use: the products are computed. */
  private static final double MAX_REACH = 0.02;

  private final Pool pool;
  private final LongAdder multiplied = new LongAdder();

  /** A filter over a pool, which stays the caller's. */
  public ConsistencyFilter(Pool pool) {
    this.pool = pool;
  }

  /**
   * How many products of a query and a passage were computed, counted as their share of the D
   * multiplications.
   */
  public double productsComputed() {
    return (double) multiplied.sum() / pool.dimensions();
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
    Search search = new Search(queries, keys, limit, new int[pairs], new double[pairs]);
    int[] open = new int[pairs];
    int count = 0;
    for (int i = 0; i < pairs; i++) {
      double cosine = 0;
      double ofQuery = 0;
      double ofPassage = 0;
      for (int j = i * d; j < (i + 1) * d; j++) {
        cosine += (double) queries[j] * positives[j];
        ofQuery += (double) queries[j] * queries[j];
        ofPassage += (double) positives[j] * positives[j];
      }
      search.cosines[i] = cosine;
      if (isUnit(ofQuery) && isUnit(ofPassage)) {
        open[count++] = i;
      } else {
        search.outranked[i] = -1;
        search.cosines[i] = Double.NaN;
      }
    }
    open = Arrays.copyOf(open, count);
    if (limit == Integer.MAX_VALUE || pool.lists() == 0) {
      search.scan(open, new byte[0][]);
    } else {
      byte[][] met = new byte[pairs][];
      search.scan(search.probe(open, met), met);
    }
    return new Ranks(search.outranked, search.cosines);
  }

  /** False for what is no number, and for vectors of zeros, which models of no use give. */
  private static boolean isUnit(double square) {
    return Math.abs(square - 1) < 0.01;
  }

  /** One batch on its way through the pool. */
  private final class Search {
    private final float[] queries;
    private final long[] keys;
    private final int limit;
    private final int[] outranked;
    private final double[] cosines;

    Search(float[] queries, long[] keys, int limit, int[] outranked, double[] cosines) {
      this.queries = queries;
      this.keys = keys;
      this.limit = limit;
      this.outranked = outranked;
      this.cosines = cosines;
    }

    /**
     * Lets each open pair meet its nearest lists, the nearest first.
     *
     * @param met gets for each pair the lists it met, as bits
     * @return the pairs that are still open
     */
    int[] probe(int[] open, byte[][] met) {
      if (open.length == 0) {
        return open;
      }
      int lists = pool.lists();
      int probes = Math.min(PROBES, lists);
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
        met[open[i]] = new byte[(lists + 7) / 8];
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

    /** Lets the pairs meet the whole pool, but for the lists that they met. */
    void scan(int[] pairs, byte[][] met) {
      int[] open = pairs;
      boolean bounded = pool.prefix() > 0 && limit != Integer.MAX_VALUE;
      if (met.length == 0) {
        int rows = FIRST_TILE;
        int from = 0;
        while (from < pool.size() && open.length > 0) {
          int to = pool.end(from, rows, pool.size());
          meet(open, from, to);
          open = open(open);
          from = to;
          rows = Math.min(TILE, 2 * rows);
        }
        return;
      }
      try (NDManager scope = pool.manager().newSubManager()) {
        Turned turned = bounded ? new Turned(scope, open) : null;
        for (int list = 0; list < pool.lists() && open.length > 0; list++) {
          int from = pool.begin(list);
          while (from < pool.begin(list + 1)) {
            int to = pool.end(from, TILE, pool.begin(list + 1));
            if (turned == null) {
              meet(unmet(open, list, met), from, to);
            } else {
              turned.meet(list, met, from, to);
            }
            from = to;
          }
          if (turned == null) {
            open = open(open);
          } else {
            turned.drop();
            open = turned.pairs;
          }
        }
      }
    }

    private int[] unmet(int[] open, int list, byte[][] met) {
      return Arrays.stream(open).filter(pair -> !hasMet(met, pair, list)).toArray();
    }

    private boolean hasMet(byte[][] met, int pair, int list) {
      return (met[pair][list >> 3] & (1 << (list & 7))) != 0;
    }

    /** The open pairs' queries along the pool's directions. */
    private final class Turned {
      private final NDManager scope;
      private int[] pairs;
      private NDArray rows;
      private NDArray below;

      Turned(NDManager scope, int[] pairs) {
        this.scope = scope;
        this.pairs = pairs;
        this.rows = pool.kernels().prefix(rows(scope, pairs), pool.directions(), pool.prefix());
        this.rows.attach(scope);
        this.below = below(scope, pairs);
      }

      void meet(int list, byte[][] met, int from, int to) {
        if (pairs.length == 0) {
          return;
        }
        long[] places;
        try (NDManager tile = scope.newSubManager()) {
          NDArray query = rows.duplicate();
          query.attach(tile);
          places = pool.kernels().reach(query, pool.prefixes(tile, from, to), below).toLongArray();
          multiplied.add((long) pairs.length * (to - from) * (pool.prefix() + 1));
        }
        if (places.length > 2 * MAX_REACH * pairs.length * (to - from)) {
          Search.this.meet(unmet(open(pairs), list, met), from, to);
          return;
        }
        for (int i = 0; i < places.length; i += 2) {
          int pair = pairs[(int) places[i]];
          if (!hasMet(met, pair, list) && outranked[pair] < limit) {
            compare(pair, from + (int) places[i + 1]);
          }
        }
        multiplied.add((long) places.length / 2 * pool.dimensions());
      }

      /** Leaves out the pairs that are decided, once it is worth a copy. */
      void drop() {
        int[] still = open(pairs);
        if (still.length < 0.9 * pairs.length) {
          pairs = still;
          rows.close();
          below.close();
          rows = pool.kernels().prefix(rows(scope, pairs), pool.directions(), pool.prefix());
          rows.attach(scope);
          below = below(scope, pairs);
        }
      }
    }

    /** Computes the products of the pairs with a range of the pool and counts. */
    private void meet(int[] pairs, int from, int to) {
      int at = from;
      while (pairs.length > 0 && at < to) {
        int end = pool.end(at, TILE, to);
        try (NDManager scope = pool.manager().newSubManager()) {
          NDList found =
              pool.kernels()
                  .outranked(
                      rows(scope, pairs),
                      pool.vectors(scope, at, end),
                      limits(scope, pairs, ROUNDING),
                      below(scope, pairs));
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

    /** Decides between a pair's own passage and another in double precision. */
    private void compare(int pair, int passage) {
      double score = pool.product(queries, pair * pool.dimensions(), passage);
      if (score > cosines[pair] && !pool.hasKey(passage, keys[2 * pair], keys[2 * pair + 1])) {
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
      return limits(scope, pairs, -ROUNDING);
    }

    private NDArray limits(NDManager scope, int[] pairs, double margin) {
      float[] limits = new float[pairs.length];
      for (int i = 0; i < pairs.length; i++) {
        limits[i] = (float) (cosines[pairs[i]] + margin);
      }
      return scope.create(limits, new Shape(pairs.length));
    }
  }
}
