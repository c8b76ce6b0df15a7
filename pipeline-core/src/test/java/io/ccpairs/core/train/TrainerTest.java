package io.ccpairs.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.train.TrainConfig.Dropout;
import io.ccpairs.core.train.collective.SingleRank;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  @TempDir Path folder;

  private static final TrainConfig CONFIG =
      TrainConfig.defaults().withSteps(50, 5).withLearningRate(1e-3).with(Dropout.NONE);

  @Test
  void lossFallsAndMemoryStaysFlat() throws IOException {
    Path model = TinyModel.write(folder.resolve("model"));
    try (Trainer trainer =
        Trainer.open(model, CONFIG, Device.cpu(), Precision.FLOAT32, new SingleRank())) {
      StepReport first = trainer.step(TinyModel.pairs(0, 32));
      long arrays = trainer.arrays();
      StepReport last = first;
      for (int step = 1; step < 20; step++) {
        last = trainer.step(TinyModel.pairs(32 * step, 32 * step + 32));
      }
      assertThat(last.loss()).isLessThan(first.loss());
      assertThat(trainer.arrays()).isEqualTo(arrays);
    }
  }
}
