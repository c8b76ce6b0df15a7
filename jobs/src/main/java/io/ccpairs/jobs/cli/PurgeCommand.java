package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.purge.PurgeJob;
import io.ccpairs.jobs.report.Reports;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.OptOutList;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes those who asked to be left out from a published table. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "any table of pairs -> a new run of it, without those who asked to be left out",
    description = {
      "Writes the rows of a run anew but for those whose author or source is on the list. The old run stays until it is"
          + " retired: only then are its rows and samples gone, and the pages in the workspace's reports/ that tell of"
          + " them. Pages that report --to wrote elsewhere stay: delete them yourself.",
      ""
    },
    footer = {
      "",
      "The list has one entry a line: origin, author or source, and the name or id:",
      "  reddit         author  some_body",
      "  stackexchange  author  ai.stackexchange.com/17",
      "  wikipedia      source  enwiki:42",
      "Shards and embeddings are not purged: make them anew of the purged table, and delete the old ones."
    })
final class PurgeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "TABLE",
      description = "a table of pairs, as in work/unique, or one of its runs")
  private String table = "";

  @Option(names = "--opt-out", paramLabel = "FILE", required = true, description = "the list")
  private String list = "";

  @Option(
      names = "--retire",
      description = "delete the old run once the new one is published; its rows cannot be had back")
  private boolean retire;

  @Mixin private RunOptions run = new RunOptions();

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    SparkSession spark = Sessions.open("purge");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun input = Workspace.openPairs(table, hadoop);
    Path workspace = input.path().getParent().getParent();
    Stage.Result result =
        new PurgeJob(spark)
            .run(
                input,
                OptOutList.read(list, hadoop),
                Workspace.at(workspace.toString(), hadoop),
                run.runId(),
                run.onExisting());
    PrintWriter out = spec.commandLine().getOut();
    Closing.print(out, "purge", input.path().toString(), result, hadoop, start);
    if (retire) {
      input.retire(hadoop);
      out.println("retired " + input.path());
      Reports.forget(workspace, input, hadoop)
          .forEach(page -> out.println("deleted " + page + ", which told of it"));
    } else {
      out.println("The old run still holds them: " + input.path() + " (--retire deletes it)");
    }
    out.flush();
    return ExitCode.OK;
  }
}
