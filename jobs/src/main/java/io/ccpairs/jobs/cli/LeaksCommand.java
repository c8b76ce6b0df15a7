package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.dedup.DedupJob;
import io.ccpairs.jobs.leak.LeakJob;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the stage {@code leaks}. */
@Command(
    name = "leaks",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "unique -> unseen: drops pairs that stand in an evaluation set",
    description = {
      "A pair is dropped when its query or its passage stands in an evaluation set: whole, but for case and signs, or by"
          + " shared runs of words. The report counts leaks for each task.",
      ""
    },
    footer = {
      "",
      "  ccpairs leaks --eval eval/miracl --eval eval/questions.txt --out work",
      "Settings: 'ccpairs config leaks'. Without --in: the table unique."
    })
final class LeaksCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--eval",
      paramLabel = "PATH",
      required = true,
      description =
          "evaluation sets: task folders (corpus.jsonl, queries.jsonl), or files of text, .jsonl, .tsv or .csv;"
              + " folders are read with all below; may be repeated")
  private List<String> evaluationSets = List.of();

  @Mixin private TableOptions table = new TableOptions();
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    leaks(table, evaluationSets, options.load(), spec.commandLine().getOut(), System.nanoTime());
    return ExitCode.OK;
  }

  /** Drops leaks and prints the funnel. */
  static Stage.Result leaks(
      TableOptions table,
      List<String> evaluationSets,
      Settings settings,
      PrintWriter out,
      long start)
      throws IOException {
    SparkSession spark = Sessions.open("leaks");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun input = table.input(hadoop, DedupJob.TABLE);
    Stage.Result result =
        new LeakJob(spark, settings.get(Sections.LEAKS))
            .run(
                input,
                evaluationSets,
                Workspace.at(table.job().workspace(), hadoop),
                table.job().runId(),
                table.job().onExisting(),
                settings.effective("leaks"));
    Closing.print(out, "leaks", input.path().toString(), result, hadoop, start);
    return result;
  }
}
