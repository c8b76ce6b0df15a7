package io.ccpairs.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TrainConfigTest {
  @Test
  void theRateGrowsToItsHighestAndFallsToOneStepFromNothing() {
    TrainConfig config =
        TrainConfig.defaults()
            .with(
                c -> {
                  c.steps = 14;
                  c.warmupSteps = 4;
                  c.learningRate = 1;
                });
    assertThat(config.learningRate(1)).isEqualTo(0.25);
    assertThat(config.learningRate(4)).isEqualTo(1);
    assertThat(config.learningRate(5)).isCloseTo(10 / 11.0, Offset.offset(1e-12));
    assertThat(config.learningRate(14)).isCloseTo(1 / 11.0, Offset.offset(1e-12));
    assertThat(config.learningRate(15)).isZero();
    assertThat(config.with(c -> c.warmupSteps = 0).learningRate(1))
        .isCloseTo(14 / 15.0, Offset.offset(1e-12));
  }

  @Test
  void whatCannotBeTrainedWithIsRefused() {
    assertThatThrownBy(() -> TrainConfig.defaults().with(c -> c.temperature = 0))
        .hasMessage("Cannot train with temperature 0.0: it must be above 0");
    assertThatThrownBy(() -> TrainConfig.defaults().with(c -> c.steps = 0))
        .hasMessage("Cannot train with steps 0: it must be at least 1");
    assertThatThrownBy(() -> TrainConfig.defaults().with(c -> c.chunkTokens = 0))
        .hasMessageContaining("tokens of a chunk 0");
  }
}
