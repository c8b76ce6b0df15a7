package io.ccpairs.jobs.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.jobs.RandomModel;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two executor processes with two GPUs each, which a discovery script pretends. How often an
 * executor is killed at random says the system property {@code ccpairs.kills}.
 */
class ClusterFilterTest {
  private static final int PAIRS = 2_000;
  private static final FilterConfig CONFIG = Pairs.config(2, 1_500);

  @TempDir Path folder;

  @AfterAll
  static void backToThreads() {
    TestSpark.local();
  }

  @Test
  void executorsUseTheirGpusAndMayDie() throws Exception {
    String model = RandomModel.small(folder.resolve("model"));
    PublishedRun input = Tables.publish(TestSpark.local(), folder, "unique", Pairs.some(PAIRS));
    List<String> expected =
        Tables.rows(TestSpark.local(), filter(TestSpark.local(), input, model, "local", null));
    assertThat(expected).isNotEmpty();

    Path script = folder.resolve("gpus.sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}'\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Set<Long> others =
        ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    SparkSession cluster =
        TestSpark.open(
            "local-cluster[2,2,1024]",
            Map.of(
                "spark.worker.resource.gpu.amount", "2",
                "spark.worker.resource.gpu.discoveryScript", script.toString(),
                "spark.executor.resource.gpu.amount", "2",
                "spark.executor.resource.gpu.discoveryScript", script.toString(),
                "spark.executor.extraJavaOptions", "-Dccpairs.gpus=pretended",
                "spark.task.maxFailures", "100"));
    FilterJob job = new FilterJob(cluster, CONFIG);
    PublishedRun undisturbed = filter(cluster, input, model, "cluster", job);
    assertThat(Tables.rows(cluster, undisturbed)).isEqualTo(expected);
    assertThat(job.places())
        .isEqualTo(
            Set.of("executor 0 GPU 0", "executor 0 GPU 1", "executor 1 GPU 0", "executor 1 GPU 1"));

    int kills = Integer.getInteger("ccpairs.kills", 2);
    int killed = 0;
    for (int round = 0; round < 3 * kills && killed < kills; round++) {
      String name = "killed-" + round;
      CompletableFuture<PublishedRun> run =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return filter(cluster, input, model, name, null);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      Thread.sleep(300 + Math.floorMod(io.ccpairs.core.pair.PairId.mix(round), 2_500L));
      if (!run.isDone() && killAnExecutor(round, others)) {
        killed++;
      }
      assertThat(Tables.rows(cluster, run.get())).as("kill %s", killed).isEqualTo(expected);
    }
    assertThat(killed).as("kills that met a run").isEqualTo(kills);
  }

  /** The executors are the processes that this one started since the cluster is there. */
  private static boolean killAnExecutor(int round, Set<Long> others) {
    List<ProcessHandle> executors =
        ProcessHandle.current()
            .children()
            .filter(process -> process.isAlive() && !others.contains(process.pid()))
            .sorted()
            .toList();
    return !executors.isEmpty() && executors.get(round % executors.size()).destroyForcibly();
  }

  private PublishedRun filter(
      SparkSession spark,
      PublishedRun input,
      String model,
      String name,
      @org.jspecify.annotations.Nullable FilterJob job)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return (job == null ? new FilterJob(spark, CONFIG) : job)
        .run(
            input,
            model,
            Workspace.at(folder.resolve(name).toString(), hadoop),
            "a",
            OnExisting.SKIP,
            new TreeMap<>())
        .run();
  }
}
