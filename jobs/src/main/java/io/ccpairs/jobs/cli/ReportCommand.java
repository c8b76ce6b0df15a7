package io.ccpairs.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.train.log.MetricsLog;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.report.RunReport;
import io.ccpairs.jobs.report.TrainingReport;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.train.PretrainJob;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a page on a run. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header =
        "any table of pairs or model -> one HTML file: funnel, distributions, samples; curves of a training",
    description = {
      "The file needs no network and no script. With --compare it says what changed between two runs.",
      ""
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..2",
      paramLabel = "TABLE",
      description =
          "a table of pairs, as in work/unique, one of its runs, or a trained model; two runs with --compare")
  private List<String> tables = List.of();

  @Option(names = "--compare", description = "report on the difference between two runs")
  private boolean compare;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "file to write (default: reports/<table>-<run>.html in the table's workspace)")
  private @Nullable String to;

  @Option(
      names = "-n",
      paramLabel = "ROWS",
      defaultValue = "8",
      description = "rows shown for each origin and verdict (default: ${DEFAULT-VALUE})")
  private int rows;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "another seed shows other rows (default: ${DEFAULT-VALUE})")
  private long seed;

  @Override
  public Integer call() throws IOException {
    if (tables.size() != (compare ? 2 : 1)) {
      throw new ConfigException(
          compare
              ? "Cannot compare: give two runs, as in --compare work/unique/run=a work/unique/run=b"
              : "Cannot report on two tables at once; --compare sets them side by side");
    }
    if (rows < 0) {
      throw new ConfigException("Cannot use -n " + rows + ": at least 0 is needed");
    }
    SparkSession spark = Sessions.open("report");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path figures = new Path(tables.get(0), "training/metrics.jsonl");
    if (!compare && figures.getFileSystem(hadoop).exists(figures)) {
      Path model = new Path(tables.get(0));
      write(
          training(model, figures, hadoop),
          to == null ? new Path(model, "training/report.html") : new Path(to),
          hadoop);
      return ExitCode.OK;
    }
    PublishedRun run = Workspace.openPairs(tables.get(0), hadoop);
    RunReport report = new RunReport(spark, defaults(), rows, seed);
    String page;
    String name = run.manifest().table() + "-" + run.manifest().run();
    if (compare) {
      PublishedRun other = Workspace.openPairs(tables.get(1), hadoop);
      page = report.compare(run, other);
      name += "-and-" + other.manifest().run();
    } else {
      page = report.of(run);
    }
    Path workspace = run.path().getParent().getParent();
    Path file =
        to == null ? new Path(new Path(workspace, "reports"), name + ".html") : new Path(to);
    write(page, file, hadoop);
    return ExitCode.OK;
  }

  private void write(String page, Path file, Configuration hadoop) throws IOException {
    try (OutputStream out = file.getFileSystem(hadoop).create(file, true)) {
      out.write(page.getBytes(UTF_8));
    }
    spec.commandLine().getOut().println("report   " + file);
    spec.commandLine().getOut().flush();
  }

  /** The page on the training of a model, which keeps its figures. */
  private static String training(Path model, Path figures, Configuration hadoop)
      throws IOException {
    FileSystem files = model.getFileSystem(hadoop);
    List<Map<String, Double>> lines = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(files.open(figures), UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(MetricsLog.parse(line));
      }
    }
    return TrainingReport.of(model.getName(), lines, PretrainJob.settings(files, model));
  }

  private static Map<String, String> defaults() {
    Map<String, String> defaults = new TreeMap<>();
    Settings.load(Sections.ALL, List.of(), List.of())
        .entries()
        .forEach(entry -> defaults.put(entry.key(), entry.defaultValue()));
    return defaults;
  }
}
