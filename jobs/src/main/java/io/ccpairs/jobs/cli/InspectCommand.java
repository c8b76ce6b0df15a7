package io.ccpairs.jobs.cli;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Nearest;
import io.ccpairs.jobs.inspect.Inspection;
import io.ccpairs.jobs.report.TextTable;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows rows of a table. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    header = "any table -> terminal: random kept, dropped or bad rows, or SQL",
    description =
        "Prints rows of the newest published run of a table, or of the run that is named.")
final class InspectCommand implements Callable<Integer> {
  /** A table is laid out in memory. */
  private static final int MAX_TABLE_ROWS = 10_000;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "TABLE", description = "a table, as in work/pairs, or one of its runs")
  private String table;

  @ArgGroup private Which which = new Which();

  @Option(
      names = "-n",
      paramLabel = "ROWS",
      defaultValue = "10",
      description = "how many (default: ${DEFAULT-VALUE})")
  private int rows;

  @Option(names = "--origin", description = "only reddit, stackexchange or wikipedia")
  private @Nullable String origin;

  @Option(
      names = "--verdict",
      description = "only rows dropped for this reason, for example too_short")
  private @Nullable String verdict;

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "only rows that meet a condition, for example \"votes > 10\"")
  private @Nullable String where;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "another seed shows other rows (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--sql",
      paramLabel = "QUERY",
      description = "a query over the views kept, dropped and bad instead")
  private @Nullable String sql;

  @Option(names = "--json", description = "one JSON object a line instead of text")
  private boolean json;

  static final class Which {
    @Option(names = "--dropped", description = "rows that were dropped, with their verdict")
    private boolean dropped;

    @Option(names = "--bad", description = "records that could not be read: file, place and reason")
    private boolean bad;
  }

  @Override
  public Integer call() throws IOException {
    if (rows < 1) {
      throw new ConfigException("Cannot use -n " + rows + ": at least 1 is needed");
    }
    known("--origin", origin, Arrays.stream(Origin.values()).map(Origin::word).toList());
    known("--verdict", verdict, Arrays.stream(Verdict.values()).map(Verdict::word).toList());
    try {
      show();
    } catch (Exception e) {
      if (e instanceof AnalysisException wrong) {
        String said = String.valueOf(wrong.getMessage());
        throw new ConfigException("Cannot use this SQL: " + said.lines().findFirst().orElse(said));
      }
      throw e;
    }
    return ExitCode.OK;
  }

  private static void known(String option, @Nullable String word, List<String> words) {
    if (word != null && !words.contains(word)) {
      throw new ConfigException(
          "Cannot use " + option + " " + word + ": unknown" + Nearest.hint(word, words));
    }
  }

  private void show() throws IOException {
    SparkSession spark = Sessions.open("inspect");
    PublishedRun run = Workspace.open(table, spark.sparkContext().hadoopConfiguration());
    Inspection inspection = new Inspection(spark, run);
    PrintWriter out = spec.commandLine().getOut();
    String query = sql;
    if (query != null) {
      print(inspection.sql(query), out);
    } else {
      Inspection.Rows kind =
          which.bad
              ? Inspection.Rows.BAD
              : which.dropped || verdict != null ? Inspection.Rows.DROPPED : Inspection.Rows.KEPT;
      Dataset<Row> sample = inspection.sample(kind, condition(), rows, seed);
      if (json) {
        print(sample, out);
      } else {
        int number = 0;
        for (Row row : sample.collectAsList()) {
          out.println("#" + ++number + "  " + Inspection.text(row));
        }
      }
    }
    out.flush();
  }

  private void print(Dataset<Row> rows, PrintWriter out) {
    if (json) {
      rows.toJSON().toLocalIterator().forEachRemaining(out::println);
    } else {
      List<String[]> lines = new ArrayList<>();
      lines.add(rows.columns());
      List<Row> shown = rows.limit(MAX_TABLE_ROWS + 1).collectAsList();
      if (shown.size() > MAX_TABLE_ROWS) {
        spec.commandLine()
            .getErr()
            .printf(Locale.ROOT, "The first %,d rows; --json prints all%n", MAX_TABLE_ROWS);
      }
      for (Row row : shown.subList(0, Math.min(shown.size(), MAX_TABLE_ROWS))) {
        String[] cells = new String[row.size()];
        Arrays.setAll(cells, i -> row.isNullAt(i) ? "" : row.get(i).toString());
        lines.add(cells);
      }
      out.print(TextTable.render(lines));
    }
  }

  private Optional<String> condition() {
    List<String> conditions = new ArrayList<>();
    if (origin != null) {
      conditions.add("origin = '" + origin.replace("'", "''") + "'");
    }
    if (verdict != null) {
      conditions.add("verdict = '" + verdict.replace("'", "''") + "'");
    }
    if (where != null) {
      conditions.add("(" + where + ")");
    }
    return conditions.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", conditions));
  }
}
