package io.ccpairs.core.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One batch of pairs on its way through a pool; see {@link ConsistencyFilter}. Letters as there. On
 * a mapped pool scores are compared in Java, tile by tile; on a device by kernels, list by list.
 * For one thread.
 */
final class Search implements AutoCloseable {
  private static final int FIRST_TILE = 256;

  /**
   * Where more than this share of a tile's bounds reach a query's own score, products cost less.
   */
  private static final double MAX_REACH = 0.1;

  /** What one bound that reaches costs, in products computed together: sharpened in Java. */
  private static final double SHARPENED = 5;

  /** The same where no more than the whole product helps. */
  private static final double ALONE = 30;

  /** So few queries leave a product of two matrices slow; they take the next longer bound. */
  private static final int FEW = 64;

  private final Pool pool;
  private final ConsistencyFilter.Plan plan;
  private final float[] queries;
  private final float[] positives;
  private final int[] own;
  private final double[] cosines;
  private final int[] outranked;
  private final int limit;
  private final double rounding;
  private final NDManager manager;
  private final NDArray rows;
  private final @Nullable HostTile tile;
  private final byte[][] met;
  private long multiplied;

  /**
   * A search.
   *
   * @param cosines (B) q · p⁺
   * @param outranked (B) gets the counts
   */
  Search(
      Pool pool,
      ConsistencyFilter.Plan plan,
      float[] queries,
      float[] positives,
      long[] keys,
      double[] cosines,
      int[] outranked,
      int limit) {
    this.pool = pool;
    this.plan = plan;
    this.queries = queries;
    this.positives = positives;
    this.cosines = cosines;
    this.outranked = outranked;
    this.limit = limit;
    this.own = new int[outranked.length];
    Arrays.setAll(own, pair -> pool.place(keys[2 * pair], keys[2 * pair + 1]));
    // A sum of D float32 products is off by at most D · 2^-24 · |q||p|, whatever its order (Higham,
    // Accuracy and Stability, section 3.1); lengths are within half a percent of 1; inputs of the
    // bound are rounded once more.
    this.rounding = 1.02 * pool.dimensions() * 0x1p-24 + 5e-7;
    this.manager = pool.manager().newSubManager();
    this.rows = manager.create(queries, new Shape(outranked.length, pool.dimensions()));
    this.tile = pool.isMapped() ? new HostTile() : null;
    this.met = new byte[outranked.length][];
  }

  /** Numbers that were multiplied so far. */
  long multiplied() {
    return multiplied;
  }

  /** Counts for the pairs. */
  void run(int[] pairs) {
    boolean whole = limit == Integer.MAX_VALUE || !plan.exit() || pool.lists() == 0;
    if (whole || (plan.probes() == 0 && !plan.bounds())) {
      scan(pairs);
    } else {
      for (int pair : pairs) {
        met[pair] = new byte[(pool.lists() + 7) / 8];
      }
      scanLists(probe(pairs));
    }
  }

  /**
   * Lets each pair meet its nearest lists, the nearest first.
   *
   * @return the pairs that are still open
   */
  private int[] probe(int[] pairs) {
    int lists = pool.lists();
    int probes = Math.min(plan.probes(), lists);
    if (pairs.length == 0 || probes == 0) {
      return pairs;
    }
    int[] still = pairs;
    long[] nearest;
    try (NDManager scope = manager.newSubManager()) {
      NDArray some = pool.kernels().select(rows, places(scope, pairs, 0, pairs.length));
      some.attach(scope);
      nearest = pool.kernels().nearest(some, pool.centres(), probes).toLongArray();
      multiplied += (long) pairs.length * lists * pool.dimensions();
    }
    int[] place = new int[outranked.length];
    for (int i = 0; i < pairs.length; i++) {
      place[pairs[i]] = i;
    }
    int first = 0;
    while (first < probes && still.length > 0) {
      // 1, then up to 4, 16 and so on: few open pairs make poor products of matrices.
      int last = Math.min(probes, first == 0 ? 1 : 4 * first);
      int[] begins = new int[lists + 1];
      for (int pair : still) {
        for (int probe = first; probe < last; probe++) {
          begins[(int) nearest[place[pair] * probes + probe] + 1]++;
        }
      }
      for (int list = 0; list < lists; list++) {
        begins[list + 1] += begins[list];
      }
      int[] next = begins.clone();
      int[] byList = new int[begins[lists]];
      for (int pair : still) {
        for (int probe = first; probe < last; probe++) {
          byList[next[(int) nearest[place[pair] * probes + probe]]++] = pair;
        }
      }
      for (int list = 0; list < lists; list++) {
        int[] some = open(Arrays.copyOfRange(byList, begins[list], begins[list + 1]));
        for (int pair : some) {
          met[pair][list >> 3] |= (byte) (1 << (list & 7));
        }
        meet(some, pool.begin(list), pool.begin(list + 1));
      }
      still = open(still);
      first = last;
    }
    return still;
  }

  /** Lets the pairs meet the whole pool in its order, a few passages first. */
  private void scan(int[] pairs) {
    int[] open = pairs;
    int passages = FIRST_TILE;
    int from = 0;
    while (from < pool.size() && open.length > 0) {
      int to = pool.end(from, passages, pool.size());
      meet(open, from, to);
      if (plan.exit()) {
        open = open(open);
      }
      from = to;
      passages = Math.min(1 << 20, 2 * passages);
    }
  }

  /** Lets the pairs meet the lists of the pool that they have not met. */
  private void scanLists(int[] pairs) {
    if (pairs.length == 0) {
      return;
    }
    try (Bounds bounds = new Bounds(pairs)) {
      int cuts = pool.cuts().length;
      int[][] byCut = new int[cuts + 1][pairs.length];
      int[] count = new int[cuts + 1];
      for (int list = 0; list < pool.lists(); list++) {
        int from = pool.begin(list);
        int to = pool.begin(list + 1);
        if (from == to) {
          continue;
        }
        Arrays.fill(count, 0);
        for (int i = 0; i < pairs.length; i++) {
          if (outranked[pairs[i]] < limit && !hasMet(pairs[i], list)) {
            int cut = bounds.cut(i, list);
            byCut[cut][count[cut]++] = i;
          }
        }
        for (int cut = 0; cut < cuts; cut++) {
          if (count[cut] < FEW) {
            System.arraycopy(byCut[cut], 0, byCut[cut + 1], count[cut + 1], count[cut]);
            count[cut + 1] += count[cut];
          } else {
            bounds.meet(cut, Arrays.copyOf(byCut[cut], count[cut]), from, to);
          }
        }
        meet(open(pairsAt(pairs, byCut[cuts], count[cuts])), from, to);
      }
    }
  }

  private static int[] pairsAt(int[] pairs, int[] places, int count) {
    int[] some = new int[count];
    Arrays.setAll(some, i -> pairs[places[i]]);
    return some;
  }

  private boolean hasMet(int pair, int list) {
    return (met[pair][list >> 3] & (1 << (list & 7))) != 0;
  }

  /** The pairs that meet the pool by bounds; P of them, named by their places among them. */
  private final class Bounds implements AutoCloseable {
    private final int[] pairs;
    private final NDManager scope = manager.newSubManager();
    private final int[] cuts = plan.bounds() ? pool.cuts() : new int[0];
    private final NDArray[] queriesOf = new NDArray[cuts.length];
    private final float[] turned;
    private final int width = pool.bound();
    private final byte[] cutOf;
    private final float[] near = new float[HostTile.PASSAGES * width];

    Bounds(int[] pairs) {
      this.pairs = pairs;
      int lists = pool.lists();
      this.cutOf = new byte[pairs.length * lists];
      Arrays.fill(cutOf, (byte) pool.cuts().length);
      if (cuts.length == 0) {
        this.turned = new float[0];
        return;
      }
      try (NDManager once = scope.newSubManager()) {
        NDArray some = pool.kernels().select(rows, places(once, pairs, 0, pairs.length));
        some.attach(once);
        this.turned = pool.kernels().turned(some, pool.directions(), cuts, -1).toFloatArray();
      }
      float[] least = new float[cutOf.length];
      Arrays.fill(least, 1);
      NDArray below = below(scope, pairs);
      double dearer = tile == null ? ALONE : SHARPENED;
      for (int cut = 0; cut < cuts.length; cut++) {
        int w = length(cut) + 1;
        queriesOf[cut] = scope.create(upTo(cut), new Shape(pairs.length, w));
        float[] share;
        try (NDManager once = scope.newSubManager()) {
          NDArray expected =
              pool.kernels().expected(queriesOf[cut], pool.means(), pool.variances(), below);
          expected.attach(once);
          share = expected.toFloatArray();
        }
        float base = (float) w / pool.dimensions();
        for (int i = 0; i < share.length; i++) {
          float cost = base + (float) dearer * share[i];
          if (cost < least[i]) {
            least[i] = cost;
            cutOf[i] = (byte) cut;
          }
        }
        multiplied += 2L * pairs.length * lists * w;
      }
    }

    /** Where the length of what lies beyond a cut stands in a row of bounds. */
    private int length(int cut) {
      return cuts[cut] + cut;
    }

    /** The queries' rows of bounds up to a cut, with the length beyond this cut only. */
    private float[] upTo(int cut) {
      int w = length(cut) + 1;
      float[] values = new float[pairs.length * w];
      for (int i = 0; i < pairs.length; i++) {
        System.arraycopy(turned, i * width, values, i * w, w);
        for (int before = 0; before < cut; before++) {
          values[i * w + length(before)] = 0;
        }
      }
      return values;
    }

    /** The cut that should cost a pair least in a list; the number of cuts for no bound at all. */
    int cut(int place, int list) {
      return cutOf[place * pool.lists() + list];
    }

    /** Lets pairs meet a list by bounds, and its vectors where too many bounds reach. */
    void meet(int cut, int[] places, int from, int to) {
      int at = from;
      while (at < to) {
        int end = pool.end(at, pool.tile(), to);
        int[] dense =
            tile == null ? onDevice(cut, places, at, end) : inTiles(tile, cut, places, at, end);
        multiplied += (long) places.length * (end - at) * (length(cut) + 1);
        Search.this.meet(open(pairsAt(pairs, dense, dense.length)), at, end);
        at = end;
      }
    }

    /** The same for a tile; gives the places of those that must meet its vectors. */
    private int[] inTiles(HostTile tile, int cut, int[] places, int from, int to) {
      int[] dense = new int[places.length];
      int count = 0;
      boolean copied = false;
      for (int first = 0; first < places.length; first += HostTile.QUERIES) {
        int last = Math.min(places.length, first + HostTile.QUERIES);
        try (NDManager here = scope.newSubManager()) {
          tile.compute(
              pool.kernels(),
              here,
              queriesOf[cut],
              places,
              first,
              last,
              pool.bounds(here, from, to));
        }
        for (int i = first; i < last; i++) {
          int pair = pairs[places[i]];
          if (outranked[pair] >= limit) {
            continue;
          }
          int found = tile.find(i - first, (float) (cosines[pair] - rounding));
          if (found > MAX_REACH * (to - from) + 8) {
            dense[count++] = places[i];
            continue;
          }
          if (found > 0 && !copied) {
            pool.copyBounds(from, to, near);
            copied = true;
          }
          for (int n = 0; n < found && outranked[pair] < limit; n++) {
            sharpen(places[i], cut, tile.column(n), tile.score(n), from);
          }
        }
      }
      return Arrays.copyOf(dense, count);
    }

    /** Adds the coordinates up to the next cuts to a bound, and compares what still reaches. */
    private void sharpen(int place, int firstCut, int column, float bound, int from) {
      int pair = pairs[place];
      double below = cosines[pair] - rounding;
      int q = place * width;
      int p = column * width;
      double sum = bound;
      for (int cut = firstCut + 1; cut < cuts.length; cut++) {
        int before = length(cut - 1);
        int length = length(cut);
        sum -= (double) turned[q + before] * near[p + before];
        float even = 0;
        float odd = 0;
        int i = before + 1;
        for (; i + 1 < length; i += 2) {
          even += turned[q + i] * near[p + i];
          odd += turned[q + i + 1] * near[p + i + 1];
        }
        if (i < length) {
          even += turned[q + i] * near[p + i];
        }
        sum += even + odd + (double) turned[q + length] * near[p + length];
        multiplied += length - before;
        if (sum < below) {
          return;
        }
      }
      compare(pair, from + column);
      multiplied += pool.dimensions();
    }

    private int[] onDevice(int cut, int[] places, int from, int to) {
      try (NDManager here = scope.newSubManager()) {
        NDArray some =
            pool.kernels().select(queriesOf[cut], places(here, places, 0, places.length));
        some.attach(here);
        NDList found =
            pool.kernels()
                .reach(
                    some,
                    pool.bounds(here, from, to),
                    below(here, pairsAt(pairs, places, places.length)),
                    (long) (MAX_REACH * (to - from)));
        long[] full = found.get(0).toLongArray();
        long[] reached = found.get(1).toLongArray();
        found.close();
        for (int i = 0; i < reached.length; i += 2) {
          int pair = pairs[places[(int) reached[i]]];
          if (outranked[pair] < limit) {
            compare(pair, from + (int) reached[i + 1]);
            multiplied += pool.dimensions();
          }
        }
        return Arrays.stream(full).mapToInt(place -> places[(int) place]).toArray();
      }
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /** Computes the products of the pairs with a range of the pool and counts. */
  private void meet(int[] pairs, int from, int to) {
    if (pairs.length == 0) {
      return;
    }
    int at = from;
    while (at < to) {
      int end = pool.end(at, pool.tile(), to);
      if (tile == null) {
        meetOnDevice(pairs, at, end);
      } else {
        meetInTiles(tile, pairs, at, end);
      }
      multiplied += (long) pairs.length * (end - at) * pool.dimensions();
      at = end;
    }
  }

  private void meetInTiles(HostTile tile, int[] pairs, int from, int to) {
    for (int first = 0; first < pairs.length; first += HostTile.QUERIES) {
      int last = Math.min(pairs.length, first + HostTile.QUERIES);
      try (NDManager here = manager.newSubManager()) {
        tile.compute(pool.kernels(), here, rows, pairs, first, last, pool.vectors(here, from, to));
      }
      for (int i = first; i < last; i++) {
        int pair = pairs[i];
        int found = tile.find(i - first, (float) (cosines[pair] - rounding));
        float above = (float) (cosines[pair] + rounding + 1.01 * ConsistencyFilter.SAME);
        for (int n = 0; n < found && outranked[pair] < limit; n++) {
          int passage = from + tile.column(n);
          if (tile.score(n) <= above) {
            compare(pair, passage);
          } else if (passage != own[pair]) {
            add(pair, 1);
          }
        }
      }
    }
  }

  private void meetOnDevice(int[] pairs, int from, int to) {
    try (NDManager here = manager.newSubManager()) {
      NDArray some = pool.kernels().select(rows, places(here, pairs, 0, pairs.length));
      some.attach(here);
      NDList found =
          pool.kernels()
              .outranked(
                  some,
                  pool.vectors(here, from, to),
                  limits(here, pairs, rounding + 1.01 * ConsistencyFilter.SAME),
                  below(here, pairs),
                  here.create(ownPlaces(pairs, from, to)));
      long[] counts = found.get(0).toLongArray();
      long[] places = found.get(1).toLongArray();
      found.close();
      for (int i = 0; i < pairs.length; i++) {
        add(pairs[i], (int) counts[i]);
      }
      for (int i = 0; i < places.length; i += 2) {
        compare(pairs[(int) places[i]], from + (int) places[i + 1]);
      }
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
        && (score > cosines[pair] + 1.01 * ConsistencyFilter.SAME
            || pool.distanceSquare(positives, offset, passage)
                > ConsistencyFilter.SAME * ConsistencyFilter.SAME)) {
      add(pair, 1);
    }
  }

  private void add(int pair, int more) {
    outranked[pair] = (int) Math.min(limit, (long) outranked[pair] + more);
  }

  private int[] open(int[] pairs) {
    int[] open = new int[pairs.length];
    int count = 0;
    for (int pair : pairs) {
      if (outranked[pair] < limit) {
        open[count++] = pair;
      }
    }
    return Arrays.copyOf(open, count);
  }

  private static NDArray places(NDManager scope, int[] places, int from, int to) {
    return scope.create(Arrays.stream(places, from, to).asLongStream().toArray());
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

  @Override
  public void close() {
    manager.close();
  }
}
