package io.ccpairs.jobs.cli;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.quality.QualityConfig;
import io.ccpairs.jobs.clean.CleanJob;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.mine.MineJob;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the stage {@code clean}. */
@Command(
    name = "clean",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "pairs -> clean: quality rules, language, masks over addresses and names",
    description = {
      "Gives every pair the verdict of the first rule that drops it, masks e-mail addresses, telephone numbers, IP"
          + " addresses and user names in forum texts, and names the language where the dump does not.",
      ""
    },
    footer = {
      "",
      "Settings: 'ccpairs config clean'. A rule is switched off by leaving it out of its origin's list:",
      "  --set clean.reddit.rules=[length,bots]",
      "Without --in: the table pairs."
    })
final class CleanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private TableOptions table = new TableOptions();
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    clean(table, options.load(), spec.commandLine().getOut(), System.nanoTime());
    return ExitCode.OK;
  }

  /** Cleans and prints the funnel. */
  static Stage.Result clean(TableOptions table, Settings settings, PrintWriter out, long start)
      throws IOException {
    SparkSession spark = Sessions.open("clean");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun input = table.input(hadoop, MineJob.TABLE);
    Map<Origin, QualityConfig> quality = new EnumMap<>(Origin.class);
    quality.put(Origin.REDDIT, settings.get(Sections.CLEAN_REDDIT));
    quality.put(Origin.STACKEXCHANGE, settings.get(Sections.CLEAN_STACKEXCHANGE));
    quality.put(Origin.WIKIPEDIA, settings.get(Sections.CLEAN_WIKIPEDIA));
    Stage.Result result =
        new CleanJob(spark, settings.get(Sections.CLEAN), quality)
            .run(
                input,
                Workspace.at(table.job().workspace(), hadoop),
                table.job().runId(),
                table.job().onExisting(),
                settings.effective("clean"));
    Closing.print(out, "clean", input.path().toString(), result, hadoop, start);
    return result;
  }
}
