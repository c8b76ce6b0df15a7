package io.ccpairs.jobs.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.jobs.RandomModel;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver dies between two pieces; the same command goes on and makes the same table. */
class FilterKillTest {
  private static final int KILLED = 137;

  @TempDir Path folder;

  @Test
  void aKilledRunGoesOnAfterItsLastPiece() throws Exception {
    String model = RandomModel.small(folder.resolve("model"));
    Tables.publish(TestSpark.local(), folder, "unique", Pairs.some(600));
    assertThat(filter(model, "whole", "", "skip")).isZero();
    assertThat(filter(model, "killed", "rank-piece-1", "skip")).isEqualTo(KILLED);
    Path piece =
        folder.resolve("consistent/run=killed/__ranks__/stackexchange/whole/piece-1-of-4/_SUCCESS");
    long made = Files.getLastModifiedTime(piece).toMillis();
    assertThat(filter(model, "killed", "", "resume")).isZero();
    assertThat(Files.getLastModifiedTime(piece).toMillis())
        .as("a piece that was made is not made again")
        .isEqualTo(made);
    assertThat(rows("killed")).isEqualTo(rows("whole")).isNotEmpty();
  }

  private List<String> rows(String name) throws IOException {
    PublishedRun run = Workspace.open(folder + "/consistent/run=" + name, new Configuration());
    return Tables.rows(TestSpark.local(), run);
  }

  private int filter(String model, String name, String failpoint, String onExisting)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of(System.getProperty("ccpairs.root"), "conf", "java.options"));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Dspark.master=local[1]",
            "-Dspark.ui.enabled=false",
            "-Dspark.sql.shuffle.partitions=2",
            "-Dccpairs.failpoint=" + failpoint,
            "-cp",
            System.getProperty("java.class.path"),
            "io.ccpairs.jobs.cli.Main",
            "filter",
            "--model",
            model,
            "--set",
            "filter.pool-size=300",
            "--set",
            "filter.piece-pairs=120",
            "--set",
            "filter.max-tokens=32",
            "--run-id",
            name,
            "--on-existing",
            onExisting,
            "--out",
            folder.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log-" + name).toFile())
        .start()
        .waitFor();
  }
}
