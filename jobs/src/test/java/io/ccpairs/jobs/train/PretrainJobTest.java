package io.ccpairs.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.encoder.EncoderOptions;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.train.TrainConfig;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.cli.Main;
import io.ccpairs.jobs.workspace.Lease;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.RunExistsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
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
    assertThat(folder.resolve("once/training/events.out.tfevents.ccpairs")).isNotEmptyFile();
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
  void aFolderOfOtherThingsIsLeftAlone() throws IOException {
    Trainings trainings = trainings();
    Path table = Files.createDirectories(folder.resolve("other/pairs/run=a/data"));
    Path rows = Files.writeString(table.resolve("part-0.parquet"), "rows");
    for (OnExisting onExisting : List.of(OnExisting.SKIP, OnExisting.OVERWRITE)) {
      refusesToReplace(trainings, onExisting);
    }
    // Nor does a model in it make the tables beside it a part of that.
    Files.writeString(folder.resolve("other/config.json"), "{}");
    Files.writeString(folder.resolve("other/model.safetensors"), "weights");
    refusesToReplace(trainings, OnExisting.OVERWRITE);
    assertThat(rows).hasContent("rows");
  }

  private static void refusesToReplace(Trainings trainings, OnExisting onExisting) {
    assertThatThrownBy(
            () -> trainings.train(null, "other", 1, Trainings.config(), onExisting, line -> {}))
        .isInstanceOf(RunExistsException.class)
        .hasMessageContaining("would be lost");
    assertThat(folder.resolve("other.training")).doesNotExist();
  }

  @Test
  void aModelIsReplacedOnRequestAlsoAfterADeathBetweenOldAndNew() throws IOException {
    Trainings trainings = trainings();
    TrainConfig config = Trainings.config().with(c -> c.steps = 2);
    trainings.train("replaced", 1, config, line -> {});
    Path weights = folder.resolve("replaced/model.safetensors");
    Files.writeString(folder.resolve("replaced/of-the-old.txt"), "old");
    // As finish leaves it when it is killed: the old one half deleted.
    Files.delete(folder.resolve("replaced/config.json"));
    Files.writeString(weights, "half");
    Files.createDirectories(folder.resolve("replaced.training"));
    Files.createFile(folder.resolve("replaced.training/_finishing"));
    trainings.train("replaced", 1, config, line -> {});
    assertThat(folder.resolve("replaced/of-the-old.txt")).doesNotExist();
    assertThat(folder.resolve("replaced.training")).doesNotExist();

    byte[] whole = Files.readAllBytes(weights);
    Files.writeString(weights, "damaged");
    trainings.train(null, "replaced", 1, config, OnExisting.OVERWRITE, line -> {});
    assertThat(Files.readAllBytes(weights)).isEqualTo(whole);
  }

  @Test
  void aSecondTrainingOfTheSameModelIsKeptAwayAndHarmsNothing() throws IOException {
    Trainings trainings = trainings();
    TrainingFolder first =
        new TrainingFolder(
            new org.apache.hadoop.fs.Path(folder.resolve("twice.training").toUri()),
            trainings.spark().sparkContext().hadoopConfiguration());
    try (Lease lease = first.lease("Cannot train it")) {
      first.note(3, Map.of("loss", 1.0));
      assertThatThrownBy(() -> trainings.train("twice", 1, Trainings.config(), line -> {}))
          .isInstanceOf(RunExistsException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      lease.check();
      assertThat(first.lines(-1)).hasSize(1);
    }
    assertThat(trainings.train("twice", 1, Trainings.config(), line -> {}).upToDate()).isFalse();
    assertThat(folder.resolve("twice.training")).doesNotExist();
  }

  @Test
  void figuresAreKeptWhateverTheDigitsOfTheLanguage() throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("fa"));
    try {
      assertThat("%d".formatted(3)).isNotEqualTo("3");
      TrainingFolder figures =
          new TrainingFolder(
              new org.apache.hadoop.fs.Path(folder.resolve("persian").toUri()),
              new Configuration());
      figures.note(3, Map.of("loss", 1.0));
      assertThat(figures.lines(-1)).hasSize(1);
      assertThat(figures.checkpoint(3).getName()).isEqualTo("step-000000003");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void thePageOnAModelHasTheCurvesOfItsTraining() throws IOException {
    trainings().train("shown", 1, Trainings.config(), line -> {});
    StringWriter out = new StringWriter();
    String[] command = {"report", folder.resolve("shown").toString()};
    assertThat(Main.run(command, new PrintWriter(out), new PrintWriter(out, true)))
        .as(out.toString())
        .isZero();
    String page = Files.readString(folder.resolve("shown/training/report.html"));
    assertThat(page.split("<polyline", -1)).hasSize(1 + 6);
    assertThat(page).contains("Loss; ln(pairs of a batch)", "Learning rate", "step 12", "pretrain");
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

  /** As when somebody ends the process. */
  @Test
  void whereSparkIsStoppedNothingBeginsAgain() throws Exception {
    Trainings trainings = trainings();
    Thread end = trainings.afterCheckpoint("stopped", 4, () -> trainings.spark().stop());
    assertThatThrownBy(() -> trainings.train("stopped", 1, Trainings.config(), line -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("The same command goes on from step");
    end.join();
  }

  @Test
  void theDriverBeginsAgainWhereSparkHasGivenUp() throws Exception {
    Trainings trainings = trainings();
    trainings.train("base", 1, Trainings.config(), line -> {});
    trainings.train("base", "steady", 1, Trainings.config(), line -> {});
    // The shards of steps 2 to 5 are damaged until the first failure is told.
    Path shard = secondShard(trainings);
    byte[] whole = Files.readAllBytes(shard);
    Files.write(shard, new byte[whole.length]);
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
              Files.write(shard, whole);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        });
    assertThat(lines)
        .anyMatch(line -> line.contains("part-00001") && line.endsWith("going on from step 2"));
    assertThat(trainings.weights("shaken")).isEqualTo(trainings.weights("steady"));
  }

  private static Path secondShard(Trainings trainings) throws IOException {
    Path run = Path.of(trainings.shards().path().toUri().getPath());
    try (var all = Files.list(run.resolve("data/epoch=0"))) {
      return all.filter(path -> path.getFileName().toString().startsWith("part-00001"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void shardsThatAreNotAllThereAreRefusedAtOnce() throws IOException {
    Trainings trainings = trainings();
    Path shard = secondShard(trainings);
    byte[] whole = Files.readAllBytes(shard);
    try {
      Files.write(shard, java.util.Arrays.copyOf(whole, whole.length - 1));
      refused(trainings, null, "part-00001", whole.length - 1 + " bytes");
      Files.delete(shard);
      refused(trainings, null, "part-00001", "is missing");
    } finally {
      Files.write(shard, whole);
    }
  }

  @Test
  void modelsThatCannotBeTrainedAreRefusedAtOnce() throws IOException {
    Trainings trainings = trainings();
    refused(trainings, "nowhere", "there is no such folder");
    Files.write(folder.resolve("model.bin"), new byte[] {1});
    refused(trainings, "model.bin", "it is a file");

    Path model = folder.resolve("given");
    Path resources = Path.of(System.getProperty("ccpairs.root"), "test-resources/models");
    Path tiny = resources.resolve("xlm-roberta-tiny");
    Files.createDirectories(model);
    for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.copy(tiny.resolve(name), model.resolve(name));
    }
    // It has 40 positions.
    assertThatThrownBy(() -> trainings.train("given", "refused", 1, Trainings.config(), line -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("128 tokens")
        .hasMessageContaining("pretrain.max-tokens");
    Path config = model.resolve("config.json");
    String said = Files.readString(config);
    String wider =
        said.replaceFirst("\"intermediate_size\"\\s*:\\s*(\\d+)", "\"intermediate_size\": 7");
    assertThat(wider).isNotEqualTo(said);
    Files.writeString(config, wider);
    refused(trainings, "given", "model.safetensors", "has shape", "the configuration says");
    Files.writeString(config, said);
    Files.move(model.resolve("model.safetensors"), model.resolve("pytorch_model.bin"));
    refused(trainings, "given", "pytorch_model.bin is a pickle file");
  }

  @Test
  void newModelsThatCannotBeAreRefusedInOneLine() {
    Trainings trainings = trainings();
    assertThatThrownBy(() -> new NewModelConfig(16, 1, 3, 200, 32, 0.1, 5, 10_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 heads");
    TrainConfig longer = Trainings.config().with(c -> c.maxTokens = 600);
    assertThatThrownBy(() -> trainings.train("longer", 1, longer, line -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("600 tokens")
        .hasMessageContaining("pretrain.max-tokens");
    assertThatThrownBy(() -> trainings.train("/proc/none", 1, Trainings.config(), line -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith("Cannot write file:/proc/none.training");
  }

  private static void refused(Trainings trainings, @Nullable String from, String... words) {
    TrainConfig config = Trainings.config().with(c -> c.maxTokens = 32);
    assertThatThrownBy(() -> trainings.train(from, "refused", 1, config, line -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(words);
    assertThat(folder.resolve("refused.training")).doesNotExist();
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
