package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.dedup.DedupJob;
import io.ccpairs.jobs.filter.FilterJob;
import io.ccpairs.jobs.leak.LeakJob;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the stage {@code filter}. */
@Command(
    name = "filter",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header =
        "unseen or unique -> consistent: keeps pairs whose passage ranks in the top k of a pool",
    description = {
      "Each query ranks its own passage against random ones of the table, filter.pool-size of them at most, under a model;"
          + " the pair stays when the passage is among the first k (E5's consistency filter). Exact, whatever the cluster;"
          + " a killed run called again with --on-existing resume goes on after its last piece (filter.piece-pairs).",
      ""
    },
    footer = {
      "",
      "  ccpairs filter --model models/first --out work -- --master local[2]",
      "  ccpairs filter --ranks work/consistent --k 1 --run-id k1 --out work",
      "Settings: 'ccpairs config filter'. Without --in: unseen, or unique where that is not there."
    })
final class FilterCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "folder of the model: config.json, model.safetensors, tokenizer.json")
  private @Nullable String model;

  @Option(
      names = "--ranks",
      paramLabel = "RUN",
      description =
          "decide anew, for another k, from the ranks of this run of consistent; nothing is encoded, no model is needed")
  private @Nullable String ranks;

  @Option(
      names = "--k",
      paramLabel = "N",
      description =
          "keep a pair when its passage ranks among the first N; short for --set filter.k=N")
  private @Nullable Integer k;

  @Mixin private TableOptions table = new TableOptions();
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    if ((model == null) == (ranks == null)) {
      throw new ParameterException(
          spec.commandLine(), "Give either --model, to rank, or --ranks, to decide anew");
    }
    Settings settings = k == null ? options.load() : options.loadWith("filter.k=" + k);
    filter(table, model, ranks, settings, spec.commandLine().getOut(), System.nanoTime());
    return ExitCode.OK;
  }

  /**
   * Filters and prints the funnel.
   *
   * @param model a model's folder; null with ranks
   * @param ranks a run whose ranks serve; null with a model
   */
  static Stage.Result filter(
      TableOptions table,
      @Nullable String model,
      @Nullable String ranks,
      Settings settings,
      PrintWriter out,
      long start)
      throws IOException {
    SparkSession spark = Sessions.open("filter");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun input = table.input(hadoop, LeakJob.TABLE, DedupJob.TABLE);
    FilterJob job = new FilterJob(spark, settings.get(Sections.FILTER));
    Workspace workspace = Workspace.at(table.job().workspace(), hadoop);
    String name = table.job().runId();
    Stage.Result result;
    if (ranks != null) {
      result =
          job.runOnRanks(
              input,
              Workspace.open(ranks, hadoop),
              workspace,
              name,
              table.job().onExisting(),
              settings.effective("filter"));
    } else if (model != null) {
      result =
          job.run(
              input,
              model,
              workspace,
              name,
              table.job().onExisting(),
              settings.effective("filter"));
    } else {
      throw new IllegalArgumentException("Cannot filter without a model or ranks");
    }
    Closing.print(out, "filter", input.path().toString(), result, hadoop, start);
    return result;
  }
}
