package io.ccpairs.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.jobs.TestSpark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two executor processes, a ring between them, and one that is killed. */
class ClusterPretrainTest {
  @TempDir static Path folder;

  @AfterAll
  static void backToThreads() {
    TestSpark.local();
  }

  @Test
  void aKilledExecutorCostsTheStepsSinceTheLastCheckpointAndNothingElse() throws Exception {
    Trainings trainings = new Trainings(TestSpark.open("local-cluster[2,1,1024]"), folder);
    assertThat(trainings.train("whole", 2, Trainings.config(), line -> {}).ranks()).isEqualTo(2);
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    Thread killer = trainings.afterCheckpoint("killed", 4, ClusterPretrainTest::killAnExecutor);
    trainings.train("killed", 0, Trainings.config(), lines::add);
    killer.join();
    assertThat(trainings.weights("killed")).isEqualTo(trainings.weights("whole"));
    assertThat(lines).anyMatch(line -> line.startsWith("step 12/12"));
    assertThatThrownBy(() -> trainings.train("four", 4, Trainings.config(), line -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("--num-executors 4");
  }

  private static void killAnExecutor() {
    ProcessHandle.current()
        .descendants()
        .filter(
            process ->
                process.info().arguments().stream()
                    .flatMap(java.util.Arrays::stream)
                    .anyMatch(word -> word.endsWith("CoarseGrainedExecutorBackend")))
        .findFirst()
        .orElseThrow()
        .destroyForcibly();
  }
}
