package io.ccpairs.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.report.Reports;
import io.ccpairs.jobs.report.RunReport;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
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
    header = "any table -> one HTML file: funnel, distributions, samples, settings, provenance",
    description = {
      "The file needs no network and no script. With --compare it says what changed between two runs.",
      ""
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..2",
      paramLabel = "TABLE",
      description = "a table, as in work/unique, or one of its runs; two with --compare")
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
    SparkSession spark = Sessions.open("report");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun run = Workspace.open(tables.get(0), hadoop);
    RunReport report = new RunReport(spark, defaults(), rows, seed);
    String page;
    String name = run.manifest().table() + "-" + run.manifest().run();
    if (compare) {
      PublishedRun other = Workspace.open(tables.get(1), hadoop);
      page = report.compare(run, other);
      name += "-and-" + other.manifest().run();
    } else {
      page = report.of(run);
    }
    Path workspace = run.path().getParent().getParent();
    Path file = to == null ? Reports.page(workspace, name) : new Path(to);
    try (OutputStream out = file.getFileSystem(hadoop).create(file, true)) {
      out.write(page.getBytes(UTF_8));
    }
    spec.commandLine().getOut().println("report   " + file);
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  private static Map<String, String> defaults() {
    Map<String, String> defaults = new TreeMap<>();
    Settings.load(Sections.ALL, List.of(), List.of())
        .entries()
        .forEach(entry -> defaults.put(entry.key(), entry.defaultValue()));
    return defaults;
  }
}
