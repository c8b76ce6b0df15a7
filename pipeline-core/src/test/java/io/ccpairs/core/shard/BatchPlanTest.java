package io.ccpairs.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
  @Test
  void batchesDifferByAtMostOnePairAndHoldAllOfThem() {
    BatchPlan.Stream stream = BatchPlan.Stream.of("all", 1_000, 64);
    assertThat(stream.batches()).isEqualTo(16);
    long covered = 0;
    for (long batch = 0; batch < stream.batches(); batch++) {
      long size = stream.begin(batch + 1) - stream.begin(batch);
      assertThat(size).isBetween(62L, 63L);
      covered += size;
    }
    assertThat(covered).isEqualTo(1_000);
  }

  @Test
  void siblingsLieAtEvenDistancesOverTheEpoch() {
    List<Double> places = new ArrayList<>();
    for (int sibling = 0; sibling < 5; sibling++) {
      places.add(BatchPlan.place("reddit t3_x", sibling, 5, 42, 0));
    }
    places.sort(null);
    assertThat(places).allMatch(place -> place >= 0 && place < 1);
    for (int i = 1; i < 5; i++) {
      assertThat(places.get(i) - places.get(i - 1))
          .isCloseTo(0.2, org.assertj.core.data.Offset.offset(1e-9));
    }
  }

  @Test
  void eachEpochAndEachSeedHasPlacesOfItsOwn() {
    double first = BatchPlan.place("k", 0, 1, 42, 0);
    assertThat(BatchPlan.place("k", 0, 1, 42, 0)).isEqualTo(first);
    assertThat(BatchPlan.place("k", 0, 1, 42, 1)).isNotEqualTo(first);
    assertThat(BatchPlan.place("k", 0, 1, 43, 0)).isNotEqualTo(first);
  }

  @Test
  void sharesOfSuccessiveEpochsLieSideBySide() {
    int turns = 0;
    for (int id = 0; id < 1_000; id++) {
      int own = 0;
      for (int epoch = 0; epoch < 4; epoch++) {
        own += BatchPlan.takesPart("pair" + id, 0.25, 7, epoch) ? 1 : 0;
      }
      assertThat(own).isEqualTo(1);
      turns += BatchPlan.takesPart("pair" + id, 0.25, 7, 0) ? 1 : 0;
    }
    assertThat(turns).isBetween(200, 300);
  }

  @Test
  void exponentOneTakesSourcesAsTheyAreAndZeroMakesThemEqual() {
    long[] pairs = {1_000, 100, 10};
    double[] even = {1, 1, 1};
    assertThat(BatchPlan.shares(pairs, even, 1)).containsExactly(1, 1, 1);
    double[] equal = BatchPlan.shares(pairs, even, 0);
    assertThat(equal[0] * 1_000).isCloseTo(10, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(equal[1] * 100).isCloseTo(10, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(equal[2]).isEqualTo(1);
    assertThat(BatchPlan.shares(pairs, new double[] {1, 0, 1}, 1)).containsExactly(1, 0, 1);
  }

  @Test
  void streamsTakeTurnsOverTheWholeEpoch() {
    List<long[]> numbers =
        BatchPlan.schedule(
            List.of(new BatchPlan.Stream("a", 40, 4), new BatchPlan.Stream("b", 20, 2)));
    assertThat(numbers.get(0)).containsExactly(0, 2, 3, 5);
    assertThat(numbers.get(1)).containsExactly(1, 4);
  }
}
