package io.ccpairs.core.train;

import ai.djl.Device;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.train.collective.SingleRank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A training as a process that may be killed at any time and started again: it goes on from the
 * last good checkpoint, saves at every second step, and prints the number of each step.
 */
public final class TrainerProcess {
  private TrainerProcess() {}

  /** The training's settings. */
  static TrainConfig config(long steps) {
    return TrainConfig.defaults()
        .with(
            c -> {
              c.steps = steps;
              c.warmupSteps = 3;
              c.chunkTokens = 100;
              c.threads = 1;
            });
  }

  /** Arguments: model, directory of checkpoints, steps. */
  public static void main(String[] args) throws IOException {
    long steps = Long.parseLong(args[2]);
    Checkpoints checkpoints = new Checkpoints(Path.of(args[1]), 2);
    try (Trainer trainer =
        Trainer.open(
            Path.of(args[0]), config(steps), Device.cpu(), Precision.FLOAT32, new SingleRank())) {
      Optional<Path> last =
          checkpoints.latestGood(
              reason -> {
                throw new IllegalStateException("A kill must leave no bad checkpoint: " + reason);
              });
      if (last.isPresent()) {
        trainer.restore(last.get());
      }
      while (trainer.step() < steps) {
        int step = (int) trainer.step();
        trainer.step(TinyModel.pairs(32 * step, 32 * step + 32));
        System.out.println(trainer.step());
        if (trainer.step() % 2 == 0 || trainer.step() == steps) {
          checkpoints.save(trainer);
        }
      }
    }
  }

  /** The weights of the last checkpoint. */
  static byte[] weights(Path checkpoints, long steps) throws IOException, ModelFileException {
    Path last = checkpoints.resolve(Checkpoints.name(steps));
    TrainerState.verified(last);
    return Files.readAllBytes(last.resolve("model.safetensors"));
  }

  /** Starts it. */
  static Process start(Path model, Path checkpoints, long steps) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TrainerProcess.class.getName(),
            model.toString(),
            checkpoints.toString(),
            String.valueOf(steps))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
