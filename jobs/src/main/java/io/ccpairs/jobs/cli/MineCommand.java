package io.ccpairs.jobs.cli;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.mine.Inputs;
import io.ccpairs.jobs.mine.MineJob;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.OptOutList;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the stage {@code mine}. */
@Command(
    name = "mine",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header =
        "raw dumps -> pairs: reads Reddit, Stack Exchange and Wikipedia dumps, writes (query, passage) pairs",
    description = {
      "Reads every record of the dumps once, in parallel, and writes one table of pairs with a funnel that accounts for"
          + " each record. A damaged file stops the job and is named; a record that cannot be read is counted and listed.",
      ""
    },
    footer = {
      "",
      "Paths are files, folders or globs of any file system that Hadoop knows, one or more behind each option:",
      "  ccpairs mine --reddit 'dumps/R[CS]_2024-*.zst' --wikipedia dumps/enwiki/ --out work",
      "Settings: 'ccpairs config mine'. Exit codes: 'ccpairs --help'."
    })
final class MineCommand implements Callable<Integer> {
  private static final int NAMES_TOLD = 5;

  @Spec private CommandSpec spec;

  @Option(
      names = "--reddit",
      arity = "1..*",
      paramLabel = "PATH",
      description = "submissions and comments, one JSON object a line: plain, .zst, .bz2 or .gz")
  private List<String> reddit = List.of();

  @Option(
      names = "--stackexchange",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Posts.xml (plain, .bz2, .gz, .zst) or a site's .7z as published")
  private List<String> stackexchange = List.of();

  @Option(
      names = "--wikipedia",
      arity = "1..*",
      paramLabel = "PATH",
      description = "pages-articles[-multistream].xml[.bz2], or files of bare <page> elements")
  private List<String> wikipedia = List.of();

  @Option(
      names = "--opt-out",
      paramLabel = "FILE",
      description =
          "authors and records to leave out, one a line: \"reddit author some_body\","
              + " \"wikipedia source enwiki:42\"")
  private @Nullable String optOut;

  @Mixin private JobOptions job = new JobOptions();
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Map<Origin, List<String>> places = new EnumMap<>(Origin.class);
    put(places, Origin.REDDIT, reddit);
    put(places, Origin.STACKEXCHANGE, stackexchange);
    put(places, Origin.WIKIPEDIA, wikipedia);
    if (places.isEmpty()) {
      throw new ConfigException(
          "Nothing to mine: give --reddit, --stackexchange or --wikipedia with a path");
    }
    mine(places, options.load(), start);
    return ExitCode.OK;
  }

  /** Mines and prints the funnel. */
  private void mine(Map<Origin, List<String>> places, Settings settings, long start)
      throws IOException {
    SparkContext spark = Sessions.openWithoutSql("mine");
    Configuration hadoop = spark.hadoopConfiguration();
    Inputs inputs = Inputs.find(places, hadoop);
    tellPassedOver(inputs.passedOver());
    MineJob.Config config =
        new MineJob.Config(
            settings.get(Sections.MINE),
            settings.get(Sections.WIKIPEDIA),
            settings.get(Sections.STACKEXCHANGE),
            settings.get(Sections.REDDIT));
    Stage.Result result =
        new MineJob(
                spark, config, optOut == null ? OptOutList.NONE : OptOutList.read(optOut, hadoop))
            .run(
                inputs,
                Workspace.at(job.workspace(), hadoop),
                job.runId(),
                job.onExisting(),
                settings.effective("mine"));
    int files = inputs.files().values().stream().mapToInt(List::size).sum();
    Closing.print(
        spec.commandLine().getOut(),
        "mine",
        String.format(Locale.ROOT, "%,d files", files),
        result,
        hadoop,
        start);
  }

  private void tellPassedOver(List<String> files) {
    if (files.isEmpty()) {
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "Passed over as no dumps, by their names: %s%s. A file that is named itself is always read.%n",
        files.stream().limit(NAMES_TOLD).collect(Collectors.joining(", ")),
        files.size() > NAMES_TOLD
            ? String.format(Locale.ROOT, " and %,d more", files.size() - NAMES_TOLD)
            : "");
    err.flush();
  }

  private static void put(Map<Origin, List<String>> places, Origin origin, List<String> paths) {
    if (!paths.isEmpty()) {
      places.put(origin, paths);
    }
  }
}
