package io.ccpairs.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** Two executor processes, a ring between them, and one that is killed. */
class ClusterPretrainTest {
  @TempDir static Path folder;
  private static SparkSession spark;

  /** Children of this process that are no executors. */
  private static Set<Long> others = Set.of();

  @BeforeAll
  static void twoExecutors() throws IOException {
    // The README's options of spark-submit, on a cluster of this machine.
    SparkSubmitArguments options = options(readme("pretrain"));
    assertThat(options.master()).isEqualTo("local-cluster[2,1,1024]");
    others = ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    spark =
        TestSpark.open(
            options.master(), Map.of("spark.executor.instances", options.numExecutors()));
  }

  @AfterAll
  static void backToThreads() {
    TestSpark.local();
  }

  @Test
  void aKilledExecutorCostsTheStepsSinceTheLastCheckpointAndNothingElse() throws Exception {
    Trainings trainings = new Trainings(spark, folder);
    assertThat(trainings.train("whole", 2, Trainings.config(), line -> {}).ranks()).isEqualTo(2);
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean killed = new AtomicBoolean();
    Thread killer = trainings.afterCheckpoint("killed", 4, () -> killed.set(killAnExecutor()));
    trainings.train("killed", 0, Trainings.config(), lines::add);
    killer.join();
    assertThat(killed).as("an executor was killed").isTrue();
    assertThat(trainings.weights("killed")).isEqualTo(trainings.weights("whole"));
    assertThat(lines).anyMatch(line -> line.startsWith("step 12/12"));
    assertThatThrownBy(() -> trainings.train("four", 4, Trainings.config(), line -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("--num-executors 4");
  }

  @Test
  void theReadmesLinesShardAndTrainOnACluster() throws IOException {
    new Trainings(spark, folder.resolve("lines")).unique();
    options(readme("shard"));
    String shards =
        run(readme("shard"), "--batch", "16", "--set", "shard.slices=4", "--set", "shard.epochs=1");
    assertThat(shards).contains("96 pairs in 6 batches");
    String model =
        run(
            readme("pretrain"),
            "--set",
            "model.layers=1",
            "--set",
            "model.hidden=16",
            "--set",
            "model.heads=2",
            "--set",
            "pretrain.steps=2",
            "--set",
            "pretrain.run.log-steps=1");
    assertThat(model).contains("step 2/2").contains("2 ranks");
    assertThat(folder.resolve("lines/models/first/modules.json")).isRegularFile();
  }

  /** The README's line that runs a job on a cluster, with places and cluster of this test. */
  private static List<String> readme(String job) throws IOException {
    String start = "jobs/bin/ccpairs " + job + " ";
    return Files.readAllLines(Path.of(System.getProperty("ccpairs.root"), "README.md")).stream()
        .filter(line -> line.startsWith(start) && line.contains(" -- --master yarn "))
        .map(line -> line.replace("s3a://lake/work", folder.resolve("lines/work").toString()))
        .map(line -> line.replace("s3a://lake", folder.resolve("lines").toString()))
        .map(line -> line.replace("--master yarn", "--master local-cluster[2,1,1024]"))
        .map(line -> line.replaceAll("--num-executors \\d+", "--num-executors 2"))
        .map(line -> List.of(line.split(" ")))
        .findFirst()
        .orElseThrow();
  }

  /** What Spark's own parser makes of the words after --. */
  private static SparkSubmitArguments options(List<String> line) {
    List<String> words = new ArrayList<>(line.subList(line.indexOf("--") + 1, line.size()));
    words.addAll(List.of("--class", "io.ccpairs.jobs.cli.Main", "ccpairs.jar"));
    return new SparkSubmitArguments(
        CollectionConverters.asScala(words).toSeq(),
        scala.collection.immutable.Map$.MODULE$.empty());
  }

  /** What a job prints. */
  private static String run(List<String> line, String... more) {
    List<String> words = new ArrayList<>(line.subList(1, line.indexOf("--")));
    words.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(words.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err, true));
    assertThat(code).as(err.toString()).isZero();
    return out.toString();
  }

  private static boolean killAnExecutor() {
    return ProcessHandle.current()
        .children()
        .filter(process -> process.isAlive() && !others.contains(process.pid()))
        .findFirst()
        .map(ProcessHandle::destroyForcibly)
        .orElse(false);
  }
}
