package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.clean.CleanJob;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.dedup.DedupJob;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the stage {@code dedup}. */
@Command(
    name = "dedup",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "clean -> unique: of equal and almost equal pairs one stays",
    description = {
      "First equal texts of the pair, then equal passages under several queries, then near-duplicates: candidates by"
          + " MinHash bands, each compared exactly. Of every group the smallest id stays, on any cluster.",
      ""
    },
    footer = {"", "Settings: 'ccpairs config dedup'. Without --in: the table clean."})
final class DedupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private TableOptions table = new TableOptions();
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    dedup(table, options.load(), spec.commandLine().getOut(), System.nanoTime());
    return ExitCode.OK;
  }

  /** Removes duplicates and prints the funnel. */
  static Stage.Result dedup(TableOptions table, Settings settings, PrintWriter out, long start)
      throws IOException {
    SparkSession spark = Sessions.open("dedup");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun input = table.input(hadoop, CleanJob.TABLE);
    Stage.Result result =
        new DedupJob(spark, settings.get(Sections.DEDUP))
            .run(
                input,
                Workspace.at(table.job().workspace(), hadoop),
                table.job().runId(),
                table.job().onExisting(),
                settings.effective("dedup"));
    Closing.print(out, "dedup", input.path().toString(), result, hadoop, start);
    return result;
  }
}
