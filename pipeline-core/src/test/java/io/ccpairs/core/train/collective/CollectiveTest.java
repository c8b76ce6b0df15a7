package io.ccpairs.core.train.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.PairId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for ranks in threads and for a ring of sockets alike. */
class CollectiveTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static <T> List<T> run(boolean ring, int world, Ranks.Task<T> task) throws Exception {
    return ring ? Ranks.ring(world, DEADLINE, task) : Ranks.inProcess(world, task);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Uniform over −1 to 1, by rank and place. */
  private static float number(int rank, int place) {
    return (int) PairId.mix(31L * rank + place * 0x9E3779B97F4A7C15L) * 0x1p-31f;
  }

  @ParameterizedTest(name = "ring {0}, {1} ranks, {2} numbers")
  @CsvSource({
    "false, 1, 5",
    "false, 3, 1000",
    "true, 1, 5",
    "true, 2, 0",
    "true, 2, 1",
    "true, 2, 300001",
    "true, 3, 2",
    "true, 4, 1000003",
    "true, 5, 65536",
  })
  void everyRankHoldsTheSameSumToTheBit(boolean ring, int world, int length) throws Exception {
    List<float[]> sums =
        run(
            ring,
            world,
            rank -> {
              float[] sum = new float[length];
              ByteBuffer bytes = direct(length * Float.BYTES);
              FloatBuffer floats = bytes.asFloatBuffer();
              for (int call = 0; call < 3; call++) {
                for (int i = 0; i < length; i++) {
                  floats.put(i, number(rank.rank(), i));
                }
                rank.allReduce(bytes);
              }
              floats.get(0, sum);
              return sum;
            });
    for (float[] sum : sums) {
      assertThat(sum).isEqualTo(sums.get(0));
    }
    for (int i = 0; i < length; i++) {
      double exact = 0;
      for (int rank = 0; rank < world; rank++) {
        exact += number(rank, i);
      }
      assertThat(sums.get(0)[i]).isCloseTo((float) exact, Offset.offset(1e-6f));
    }
  }

  @ParameterizedTest(name = "ring {0}, {1} ranks")
  @CsvSource({"false, 3", "true, 2", "true, 4"})
  void partsOfAnySizeAreGatheredInTheOrderOfRanks(boolean ring, int world) throws Exception {
    int[] offsets = new int[world + 1];
    for (int rank = 0; rank < world; rank++) {
      offsets[rank + 1] = offsets[rank] + (rank == 1 ? 0 : 1 + rank * 400_000);
    }
    List<Boolean> right =
        run(
            ring,
            world,
            rank -> {
              ByteBuffer parts = direct(offsets[world]);
              for (int i = offsets[rank.rank()]; i < offsets[rank.rank() + 1]; i++) {
                parts.put(i, (byte) (i * 31 + 7));
              }
              rank.allGather(parts, offsets);
              boolean all = true;
              for (int i = 0; i < offsets[world]; i++) {
                all &= parts.get(i) == (byte) (i * 31 + 7);
              }
              return all;
            });
    assertThat(right).containsOnly(true);
  }

  @ParameterizedTest(name = "ring {0}, {1} ranks, root {2}")
  @CsvSource({"false, 3, 1", "true, 2, 0", "true, 4, 2", "true, 3, 2"})
  void allRanksReceiveTheBytesOfTheRoot(boolean ring, int world, int root) throws Exception {
    int length = 700_001;
    List<Boolean> right =
        run(
            ring,
            world,
            rank -> {
              ByteBuffer bytes = direct(length);
              for (int i = 0; rank.rank() == root && i < length; i++) {
                bytes.put(i, (byte) (i * 17));
              }
              rank.broadcast(bytes, root);
              boolean all = true;
              for (int i = 0; i < length; i++) {
                all &= bytes.get(i) == (byte) (i * 17);
              }
              rank.barrier();
              return all;
            });
    assertThat(right).containsOnly(true);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aRankThatLeavesEarlyIsNoticedByAll(boolean ring) {
    assertThatThrownBy(
            () ->
                run(
                    ring,
                    3,
                    rank -> {
                      rank.barrier();
                      if (rank.rank() == 2) {
                        return 0;
                      }
                      rank.barrier();
                      return 1;
                    }))
        .isInstanceOf(CollectiveException.class)
        .hasMessageContaining("ank 2");
  }

  @Test
  void ranksThatMakeDifferentCallsAreToldApart() {
    assertThatThrownBy(
            () ->
                Ranks.ring(
                    2,
                    DEADLINE,
                    rank -> {
                      rank.allReduce(direct(rank.rank() == 0 ? 400 : 800));
                      return 0;
                    }))
        .isInstanceOf(CollectiveException.class)
        .hasMessageContaining("do not make the same calls");
  }
}
