package io.ccpairs.core.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    if (passages > 10) {
      Arrays.fill(pool, 3 * D, 4 * D, Float.NaN);
      Arrays.fill(pool, 5 * D, 6 * D, 0);
    }
    float[] queries = new float[pairs * D];
    float[] own = new float[pairs * D];
    long[] keys = new long[2 * pairs];
    for (int i = 0; i < pairs; i++) {
      keys[2 * i] = 1_000_000L + i;
      int near = passages == 0 ? 0 : Math.floorMod(PairId.mix(i), passages);
      switch (passages == 0 ? 1 : i % 5) {
        case 0 -> {
          // Its own passage stands in the pool, at times twice under another text.
          copy(pool, near, own, i);
          keys[2 * i] = near;
          keys[2 * i + 1] = ~(long) near;
          blend(own, i, 0.02, i, queries);
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

  private static int[] oracle(Data data, int limit) {
    int[] counts = new int[data.queries.length / D];
    for (int i = 0; i < counts.length; i++) {
      double own = product(data.queries, i, data.own, i);
      if (!Double.isFinite(own) || product(data.queries, i, data.queries, i) == 0) {
        counts[i] = -1;
        continue;
      }
      for (int j = 0; j < data.pool.length / D && counts[i] < limit; j++) {
        boolean sameText =
            data.poolKeys[2 * j] == data.keys[2 * i]
                && data.poolKeys[2 * j + 1] == data.keys[2 * i + 1];
        counts[i] += !sameText && product(data.queries, i, data.pool, j) > own ? 1 : 0;
      }
    }
    return counts;
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

  @ParameterizedTest(name = "pool of {0}, {1} pairs, limit {2}")
  @CsvSource({
    "50000, 1500, 2",
    "50000, 500, 10",
    "30000, 300, 2147483647",
    "3000, 1000, 2",
    "300, 100, 2147483647",
    "1, 20, 2",
    "0, 20, 2",
    "20001, 10, 1"
  })
  void everyCountIsThatOfTheBruteForce(int passages, int pairs, int limit) throws IOException {
    Data data = data(passages, pairs);
    try (Pool pool = pool(data, "pool")) {
      ConsistencyFilter filter = new ConsistencyFilter(pool);
      Ranks ranks = filter.count(data.queries, data.own, data.keys, limit);
      int[] oracle = oracle(data, limit);
      assertThat(ranks.outranked()).isEqualTo(oracle);
      assertThat(ranks.cosines()[2]).isNaN();
      if (passages == 50_000 && limit == 2) {
        assertThat(Arrays.stream(oracle).filter(count -> count >= 0 && count < 2).count())
            .as("some are kept, some are not")
            .isBetween(200L, 1_200L);
        assertThat(filter.productsComputed()).isLessThan(0.5 * passages * pairs);
      }
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
