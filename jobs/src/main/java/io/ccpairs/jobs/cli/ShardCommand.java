package io.ccpairs.jobs.cli;

import io.ccpairs.core.shard.ShardIndex;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.dedup.DedupJob;
import io.ccpairs.jobs.filter.FilterJob;
import io.ccpairs.jobs.leak.LeakJob;
import io.ccpairs.jobs.shard.HadoopShards;
import io.ccpairs.jobs.shard.ShardJob;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the stage {@code shard}. */
@Command(
    name = "shard",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "any table of pairs -> shards: the global batches of a training, as Parquet",
    description = {
      "Gives every pair its batch as a function of seed, epoch and id: each pair once an epoch, siblings far apart, the"
          + " same batches on any cluster. A row group is a slice of a batch, so any number of ranks that divides"
          + " shard.slices reads the same batches.",
      ""
    },
    footer = {
      "",
      "  ccpairs shard --in work/consistent --out work --set shard.epochs=2",
      "Settings: 'ccpairs config shard'. Without --in: the first that is there of consistent, unseen, unique."
    })
final class ShardCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--batch",
      paramLabel = "PAIRS",
      description = "the most pairs of a global batch; short for --set shard.batch-pairs=PAIRS")
  private int batch;

  @Mixin private TableOptions table = new TableOptions();
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    Settings settings =
        batch == 0 ? options.load() : options.loadWith("shard.batch-pairs=" + batch);
    shard(table, settings, spec.commandLine().getOut(), System.nanoTime());
    return ExitCode.OK;
  }

  /** Plans and writes batches, and prints the funnel. */
  static Stage.Result shard(TableOptions table, Settings settings, PrintWriter out, long start)
      throws IOException {
    SparkSession spark = Sessions.open("shard");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun input = table.input(hadoop, FilterJob.TABLE, LeakJob.TABLE, DedupJob.TABLE);
    Stage.Result result =
        new ShardJob(spark, settings.get(Sections.SHARD))
            .run(
                input,
                Workspace.at(table.job().workspace(), hadoop),
                table.job().runId(),
                table.job().onExisting(),
                settings.effective("shard"));
    ShardIndex index = HadoopShards.index(result.run(), hadoop);
    Closing.print(out, "shard", input.path().toString(), result, hadoop, start);
    for (int epoch = 0; epoch < index.epochs().size(); epoch++) {
      ShardIndex.Epoch of = index.epochs().get(epoch);
      out.printf(
          Locale.ROOT,
          "epoch %d: %,d pairs in %,d batches (%s), siblings in one batch %,d%n",
          epoch,
          of.rows(),
          of.batches(),
          index.mixing(),
          of.siblingsTogether());
    }
    out.flush();
    return result;
  }
}
