package io.ccpairs.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.encoder.EncoderOptions;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.train.TrainConfig;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.RunExistsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An encoder of one layer and 96 pairs: what a rank does, and what a lost one costs. */
class PretrainJobTest {
  @TempDir static Path folder;

  private Trainings trainings() {
    return new Trainings(TestSpark.local(), folder);
  }

  @Test
  void anEncoderFromNothingIsTrainedAndTheSecondCallIsUpToDate() throws IOException {
    Trainings trainings = trainings();
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    PretrainJob.Result result = trainings.train("once", 1, Trainings.config(), lines::add);
    assertThat(result.ranks()).isEqualTo(1);
    assertThat(lines).hasSize((int) Trainings.STEPS);
    assertThat(lines.get(0)).startsWith("step 1/12  loss ").contains("pairs/s");
    assertThat(folder.resolve("once.training")).doesNotExist();
    assertThat(Files.readAllLines(folder.resolve("once/training/metrics.jsonl")))
        .hasSize((int) Trainings.STEPS)
        .first()
        .asString()
        .startsWith("{\"step\":1,\"loss\":");
    assertThat(folder.resolve("once/optimiser.safetensors")).doesNotExist();
    try (TextEncoder encoder = TextEncoder.open(folder.resolve("once"), EncoderOptions.cpu())) {
      assertThat(encoder.encode(Role.QUERY, List.of("word1")).row(0)).hasSize(16);
    }
    assertThat(trainings.train("once", 1, Trainings.config(), lines::add).upToDate()).isTrue();
    assertThatThrownBy(
            () ->
                trainings.train(
                    "once", 1, Trainings.config().with(c -> c.learningRate = 0.02), lines::add))
        .isInstanceOf(RunExistsException.class);
  }

  @Test
  void aTrainingThatWasEndedGoesOnWithTheSameCommandAndEndsWithTheSameWeights() throws Exception {
    Trainings trainings = trainings();
    trainings.train("whole", 1, Trainings.config(), line -> {});
    Thread killer =
        trainings.afterCheckpoint(
            "ended", 4, () -> trainings.spark().sparkContext().cancelAllJobs());
    assertThatThrownBy(() -> trainings.train("ended", 1, Trainings.config(), line -> {}))
        .hasMessageContaining("SPARK_JOB_CANCELLED");
    killer.join();
    assertThat(folder.resolve("ended")).doesNotExist();
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    trainings.train("ended", 1, Trainings.config(), lines::add);
    assertThat(lines).isNotEmpty().noneMatch(line -> line.startsWith("step 1/"));
    assertThat(trainings.weights("ended")).isEqualTo(trainings.weights("whole"));
    assertThat(Files.readAllLines(folder.resolve("ended/training/metrics.jsonl")))
        .hasSize((int) Trainings.STEPS);
  }

  @Test
  void theDriverBeginsAgainWhereSparkHasGivenUp() throws Exception {
    Trainings trainings = trainings();
    trainings.train("base", 1, Trainings.config(), line -> {});
    trainings.train("base", "steady", 1, Trainings.config(), line -> {});
    // The shards of steps 2 to 5 are away until the first failure is told.
    Path run = Path.of(trainings.shards().path().toUri().getPath());
    Path shard;
    try (var all = Files.list(run.resolve("data/epoch=0"))) {
      shard =
          all.filter(path -> path.getFileName().toString().startsWith("part-00001"))
              .findFirst()
              .orElseThrow();
    }
    Path away = folder.resolve("away.parquet");
    Files.move(shard, away);
    assertThatThrownBy(() -> trainings.train("new", 1, Trainings.config(), line -> {}))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("part-00001");
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    trainings.train(
        "base",
        "shaken",
        1,
        Trainings.config(),
        line -> {
          lines.add(line);
          if (line.startsWith("A rank was lost")) {
            try {
              Files.move(away, shard);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        });
    assertThat(lines).anyMatch(line -> line.endsWith("going on from step 2"));
    assertThat(trainings.weights("shaken")).isEqualTo(trainings.weights("steady"));
  }

  @Test
  void aLossThatExplodesStopsTheTrainingWithAdvice() {
    Trainings trainings = trainings();
    TrainConfig wild = Trainings.config().with(c -> c.learningRate = 1e30);
    assertThatThrownBy(() -> trainings.train("wild", 1, wild, line -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("learning rate");
    assertThat(folder.resolve("wild")).doesNotExist();
  }

  @Test
  void ranksThatDoNotDivideTheSlicesAreRefusedAtOnce() {
    Trainings trainings = trainings();
    assertThatThrownBy(() -> trainings.train("three", 3, Trainings.config(), line -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("pretrain.run.ranks")
        .hasMessageContaining("shard.slices");
  }
}
