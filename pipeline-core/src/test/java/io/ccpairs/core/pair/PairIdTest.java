package io.ccpairs.core.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PairIdTest {
  @Test
  void anIdIsTheSameEverywhere() {
    // A recorded value: if it changes, every table ever written has other ids.
    assertThat(PairId.of(Origin.REDDIT, "t3_a", "t1_b", "why?", "because"))
        .isEqualTo("a6f5a0c6869383abb93ead77e12a40ea");
  }

  @Test
  void movingALetterFromOneFieldToTheNextMakesAnotherId() {
    assertThat(PairId.of(Origin.REDDIT, "ab", "c", "q", "p"))
        .isNotEqualTo(PairId.of(Origin.REDDIT, "a", "bc", "q", "p"));
  }

  @Test
  void anAuthorIsKnownByOriginAndName() {
    assertThat(PairId.authorKey(Origin.REDDIT, "ann"))
        .isEqualTo(PairId.authorKey(Origin.REDDIT, "ann"));
    assertThat(PairId.authorKey(Origin.REDDIT, "ann"))
        .isNotEqualTo(PairId.authorKey(Origin.STACKEXCHANGE, "ann"));
  }

  @Test
  void drawsSpreadEvenlyAndDependOnTheSeed() {
    int[] buckets = new int[16];
    Set<Long> draws = new HashSet<>();
    for (int i = 0; i < 16_000; i++) {
      long draw = PairId.draw("t1_" + i, 7);
      buckets[(int) (draw >>> 60)]++;
      draws.add(draw);
    }
    // Binomial with mean 1,000 and standard deviation 31.
    assertThat(java.util.Arrays.stream(buckets))
        .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
    assertThat(draws).hasSize(16_000);
    assertThat(PairId.draw("t1_1", 7)).isNotEqualTo(PairId.draw("t1_1", 8));
  }
}
