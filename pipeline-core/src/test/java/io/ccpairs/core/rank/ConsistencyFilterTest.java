package io.ccpairs.core.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every count against a brute force in double precision. */
class ConsistencyFilterTest {
  private static final int D = 32;

  @TempDir Path folder;

  private static double draw(long a, long b) {
    return (PairId.mix(PairId.mix(a * 0x9E3779B97F4A7C15L + 1) + b) >>> 11) * 0x1p-53;
  }

  /** About normal: the sum of four uniform draws. */
  private static double normal(long a, long b) {
    return draw(a, 4 * b) + draw(a, 4 * b + 1) + draw(a, 4 * b + 2) + draw(a, 4 * b + 3) - 2;
  }

  /** Unit vectors around a common direction and 40 centres, as those of encoders are. */
  private static void vector(long id, double noise, float[] into, int offset) {
    double square = 0;
    double[] row = new double[D];
    long centre = Math.floorMod(id * 7919, 40L);
    for (int i = 0; i < D; i++) {
      row[i] = 1 + 0.8 * normal(centre + 1_000_000, i) + noise * normal(id, i);
      square += row[i] * row[i];
    }
    for (int i = 0; i < D; i++) {
      into[offset + i] = (float) (row[i] / Math.sqrt(square));
    }
  }

  private record Data(float[] pool, long[] poolKeys, float[] queries, float[] own, long[] keys) {}

  /**
   * Pairs of which some are good, most are not; own passages that stand in the pool, twice in the
   * pool under other texts, equal scores, vectors of NaN and of zeros.
   */
  private static Data data(int passages, int pairs) {
    float[] pool = new float[passages * D];
    long[] poolKeys = new long[2 * passages];
    for (int i = 0; i < passages; i++) {
      vector(i, 0.7, pool, i * D);
      poolKeys[2 * i] = i;
      poolKeys[2 * i + 1] = ~i;
    }
    for (int i = 1; i < passages; i += 50) {
      System.arraycopy(pool, (i - 1) * D, pool, i * D, D);
    }
    for (int i = 2; i < passages; i += 97) {
      // Another text of which the model sees the same, encoded in another batch.
      for (int d = 0; d < D; d++) {
        pool[i * D + d] = pool[(i - 1) * D + d] * (1 + 1e-7f * (d % 3 - 1));
      }
    }
    if (passages > 10) {
      Arrays.fill(pool, 3 * D, 4 * D, Float.NaN);
      Arrays.fill(pool, 5 * D, 6 * D, 0);
      Arrays.fill(pool, 8 * D, 9 * D, 1e30f);
    }
    float[] queries = new float[pairs * D];
    float[] own = new float[pairs * D];
    long[] keys = new long[2 * pairs];
    for (int i = 0; i < pairs; i++) {
      keys[2 * i] = 1_000_000L + i;
      int near = passages == 0 ? 0 : Math.floorMod(PairId.mix(i), passages);
      switch (passages == 0 ? 1 : i % 10 == 5 ? 5 : i % 5) {
        case 0 -> {
          // Its own passage stands in the pool, at times twice under another text.
          copy(pool, near, own, i);
          keys[2 * i] = near;
          keys[2 * i + 1] = ~(long) near;
          blend(own, i, 0.02, i, queries);
        }
        case 5 -> {
          // Its own text stands in the pool with a vector that is closer, as a coarse number format
          // may make it.
          copy(pool, near, queries, i);
          keys[2 * i] = near;
          keys[2 * i + 1] = ~(long) near;
          blend(queries, i, 0.003, i, own);
        }
        case 1 -> {
          vector(2_000_000L + i, 0.7, own, i * D);
          blend(own, i, 0.15, i, queries);
        }
        default -> {
          vector(2_000_000L + i, 0.7, own, i * D);
          vector(3_000_000L + i, 0.7, queries, i * D);
        }
      }
    }
    Arrays.fill(queries, 2 * D, 3 * D, Float.NaN);
    Arrays.fill(own, 7 * D, 8 * D, Float.POSITIVE_INFINITY);
    Arrays.fill(queries, 9 * D, 10 * D, 0);
    return new Data(pool, poolKeys, queries, own, keys);
  }

  private static void copy(float[] from, int row, float[] to, int into) {
    System.arraycopy(from, row * D, to, into * D, D);
  }

  private static void blend(float[] base, int row, double noise, long id, float[] into) {
    double square = 0;
    for (int i = 0; i < D; i++) {
      double value = base[row * D + i] + noise * normal(id + 5_000_000, i);
      into[row * D + i] = (float) value;
      square += value * value;
    }
    for (int i = 0; i < D; i++) {
      into[row * D + i] /= (float) Math.sqrt(square);
    }
  }

  private static double product(float[] a, int i, float[] b, int j) {
    double sum = 0;
    for (int d = 0; d < D; d++) {
      sum += (double) a[i * D + d] * b[j * D + d];
    }
    return sum;
  }

  private static boolean isUnit(float[] a, int i) {
    return Math.abs(product(a, i, a, i) - 1) < 0.01;
  }

  /** Full counts, every product in double precision. */
  private static int[] oracle(Data data) {
    int passages = data.pool.length / D;
    int[] counts = new int[data.queries.length / D];
    boolean[] unit = new boolean[passages];
    for (int j = 0; j < passages; j++) {
      unit[j] = isUnit(data.pool, j);
    }
    for (int i = 0; i < counts.length; i++) {
      if (!isUnit(data.queries, i) || !isUnit(data.own, i)) {
        counts[i] = -1;
        continue;
      }
      double own = product(data.queries, i, data.own, i);
      for (int j = 0; j < passages; j++) {
        if (unit[j] && product(data.queries, i, data.pool, j) > own && !same(data, i, j)) {
          counts[i]++;
        }
      }
    }
    return counts;
  }

  /** One text, or one to the model. */
  private static boolean same(Data data, int i, int j) {
    double square = 0;
    for (int d = 0; d < D; d++) {
      double difference = (double) data.own[i * D + d] - data.pool[j * D + d];
      square += difference * difference;
    }
    return square <= 1e-10
        || (data.poolKeys[2 * j] == data.keys[2 * i]
            && data.poolKeys[2 * j + 1] == data.keys[2 * i + 1]);
  }

  private static int[] upTo(int limit, int[] counts) {
    return Arrays.stream(counts).map(count -> Math.min(limit, count)).toArray();
  }

  private Pool pool(Data data, String name) throws IOException {
    Path at = folder.resolve(name);
    try (PoolBuilder builder = new PoolBuilder(at, D)) {
      for (int i = 0; i < data.pool.length / D; i++) {
        builder.add(data.poolKeys[2 * i], data.poolKeys[2 * i + 1], data.pool, i * D);
      }
      builder.finish();
    }
    return Pool.open(at);
  }

  @ParameterizedTest(name = "pool of {0}, {1} pairs")
  @CsvSource({"60000, 1700", "20001, 40", "3000, 1000", "300, 100", "9, 40", "1, 20", "0, 20"})
  void everyCountIsThatOfTheBruteForce(int passages, int pairs) throws IOException {
    Data data = data(passages, pairs);
    int[] oracle = oracle(data);
    try (Pool pool = pool(data, "pool")) {
      ConsistencyFilter filter = new ConsistencyFilter(pool);
      for (int limit : new int[] {2, 1, 10, Integer.MAX_VALUE}) {
        Ranks ranks = filter.count(data.queries, data.own, data.keys, limit);
        assertThat(ranks.outranked()).as("up to %s", limit).isEqualTo(upTo(limit, oracle));
        assertThat(ranks.cosines()[2]).isNaN();
        if (passages == 60_000 && limit == 2) {
          assertThat(Arrays.stream(oracle).filter(count -> count >= 0 && count < 2).count())
              .as("some are kept, some are not")
              .isBetween(300L, 1_300L);
          assertThat(filter.productsComputed()).isLessThan(0.5 * passages * pairs);
        }
      }
    }
  }

  @Test
  void noStepOfTheSearchChangesADecision() throws IOException {
    Data data = data(25_000, 600);
    int[] oracle = upTo(3, oracle(data));
    pool(data, "pool").close();
    for (boolean resident : new boolean[] {false, true}) {
      try (Pool pool = Pool.open(folder.resolve("pool"), Device.cpu(), resident)) {
        for (ConsistencyFilter.Plan plan :
            List.of(
                ConsistencyFilter.Plan.ALL,
                new ConsistencyFilter.Plan(false, 0, false),
                new ConsistencyFilter.Plan(true, 0, false),
                new ConsistencyFilter.Plan(true, 3, false),
                new ConsistencyFilter.Plan(true, 0, true),
                new ConsistencyFilter.Plan(true, 1_000, true))) {
          assertThat(
                  new ConsistencyFilter(pool, plan)
                      .count(data.queries, data.own, data.keys, 3)
                      .outranked())
              .as("%s, resident %s", plan, resident)
              .isEqualTo(oracle);
        }
      }
    }
  }

  @Test
  void threadsMayShareAPool() throws Exception {
    Data data = data(25_000, 300);
    int[] oracle = upTo(2, oracle(data));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Pool pool = pool(data, "pool")) {
      ConsistencyFilter filter = new ConsistencyFilter(pool);
      List<Future<int[]>> counts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        counts.add(
            threads.submit(() -> filter.count(data.queries, data.own, data.keys, 2).outranked()));
      }
      for (Future<int[]> count : counts) {
        assertThat(count.get()).isEqualTo(oracle);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aTextIsInAPoolOnce() throws IOException {
    float[] vector = {1, 0};
    try (PoolBuilder builder = new PoolBuilder(folder.resolve("twice"), 2)) {
      assertThat(builder.add(1, 2, vector, 0)).isTrue();
      assertThat(builder.add(3, 4, new float[] {0, 0}, 0)).isFalse();
      assertThat(builder.add(1, 2, vector, 0)).isTrue();
      assertThatThrownBy(builder::finish)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("twice");
    }
  }

  @Test
  void countsDoNotDependOnTheBatch() throws IOException {
    Data data = data(30_000, 400);
    try (Pool pool = pool(data, "pool")) {
      ConsistencyFilter filter = new ConsistencyFilter(pool);
      int[] whole = filter.count(data.queries, data.own, data.keys, 2).outranked();
      int[] parts = new int[whole.length];
      for (int from = 0; from < parts.length; from += 37) {
        int to = Math.min(parts.length, from + 37);
        int[] part =
            filter
                .count(
                    Arrays.copyOfRange(data.queries, from * D, to * D),
                    Arrays.copyOfRange(data.own, from * D, to * D),
                    Arrays.copyOfRange(data.keys, 2 * from, 2 * to),
                    2)
                .outranked();
        System.arraycopy(part, 0, parts, from, part.length);
      }
      assertThat(parts).isEqualTo(whole);
    }
  }

  @Test
  void aPoolThatIsNotWholeIsRefused() throws IOException {
    Data data = data(300, 20);
    pool(data, "pool").close();
    Path at = folder.resolve("pool");
    byte[] vectors = Files.readAllBytes(at.resolve(PoolFile.VECTORS));
    Files.write(at.resolve(PoolFile.VECTORS), Arrays.copyOf(vectors, vectors.length - 4));
    assertThatThrownBy(() -> Pool.open(at))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("vectors.f32");
    Files.delete(at.resolve(PoolFile.SHAPE));
    assertThatThrownBy(() -> Pool.open(at)).isInstanceOf(IOException.class);
  }
}
