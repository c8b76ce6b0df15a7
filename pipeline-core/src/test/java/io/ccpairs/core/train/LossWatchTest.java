package io.ccpairs.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class LossWatchTest {
  /** The first advice in 1,000 steps of 64 pairs. */
  private static Optional<String> watch(IntToDoubleFunction loss) {
    LossWatch watch = new LossWatch(300);
    for (int step = 1; step <= 1000; step++) {
      StepReport report =
          new StepReport(step, loss.applyAsDouble(step), 0.5, 1, 1e-4, 64, 1000, 1, 0);
      Optional<String> advice = watch.advice(report);
      if (advice.isPresent()) {
        return advice;
      }
    }
    return Optional.empty();
  }

  @Test
  void aLossThatFallsWithNoiseIsFine() {
    assertThat(watch(step -> 4 * Math.exp(-step / 200.0) + 0.3 + 0.2 * Math.sin(step))).isEmpty();
    assertThat(watch(step -> step < 250 ? 4.16 : 2)).isEmpty();
  }

  @Test
  void aLossThatIsNoNumberStopsAtOnce() {
    assertThat(watch(step -> step < 7 ? 2 : Double.NaN))
        .hasValueSatisfying(
            advice -> assertThat(advice).startsWith("Step 7: ").contains("half the learning rate"));
  }

  @Test
  void aLossThatRestsAtChanceStopsAfterPatience() {
    assertThat(watch(step -> Math.log(64) + 0.01 * Math.sin(step)))
        .hasValueSatisfying(
            advice -> assertThat(advice).startsWith("Step 300: ").contains("rests at ln(64)"));
  }

  @Test
  void aLossThatExplodesStops() {
    assertThat(watch(step -> step < 400 ? 1 : 1 + 0.2 * (step - 400)))
        .hasValueSatisfying(advice -> assertThat(advice).contains("has grown"));
  }
}
