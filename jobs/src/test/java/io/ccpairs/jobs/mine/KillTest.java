package io.ccpairs.jobs.mine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.jobs.Dumps;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The driver dies at the worst moments; the same command again makes the table whole. */
class KillTest {
  private static final int KILLED = 137;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "leased",
        "begun",
        "before-piece-stackexchange",
        "after-piece-stackexchange",
        "before-manifest",
        "after-manifest"
      })
  void theFirstRunIsWholeAfterASecondTry(String failpoint) throws Exception {
    assertThat(mine(failpoint, "skip")).isEqualTo(KILLED);
    if (failpoint.equals("after-manifest")) {
      assertThat(rows()).isEqualTo(1);
    } else {
      assertThat(published()).isFalse();
    }
    assertThat(mine("", "resume")).isZero();
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void theOldTableStandsUntilTheNewOneDoes() throws Exception {
    assertThat(mine("", "skip")).isZero();
    PublishedRun old = Workspace.open(folder + "/pairs", new Configuration());
    for (String failpoint : List.of("before-manifest", "half-retired")) {
      assertThat(mine(failpoint, "overwrite")).isEqualTo(KILLED);
      assertThat(rows()).as("after a kill at %s", failpoint).isEqualTo(1);
    }
    assertThat(mine("", "skip")).isZero();
    PublishedRun now = Workspace.open(folder + "/pairs", new Configuration());
    assertThat(now.manifest().idSum()).isEqualTo(old.manifest().idSum());
    assertThat(now.manifest().sequence()).isGreaterThan(old.manifest().sequence());
  }

  private int mine(String failpoint, String onExisting) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of(System.getProperty("ccpairs.root"), "conf", "java.options"));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Dspark.master=local[1]",
            "-Dspark.ui.enabled=false",
            "-Dccpairs.failpoint=" + failpoint,
            "-cp",
            System.getProperty("java.class.path"),
            "io.ccpairs.jobs.cli.Main",
            "mine",
            "--stackexchange",
            Dumps.fixture("stackexchange"),
            "--set",
            "mine.max-bad-share=0.5",
            "--run-id",
            "a",
            "--on-existing",
            onExisting,
            "--out",
            folder.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return process.waitFor();
  }

  private boolean published() throws IOException {
    try {
      Workspace.open(folder + "/pairs", new Configuration());
      return true;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private long rows() throws IOException {
    PublishedRun run = Workspace.open(folder + "/pairs", new Configuration());
    return TestSpark.local().read().parquet(run.data().toString()).count();
  }
}
