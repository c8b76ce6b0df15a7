package io.ccpairs.jobs.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.search.TableSearch;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds passages for questions. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "any table, questions -> terminal: the nearest passages",
    description = {
      "Compares each question with every distinct passage of the table, by the cosine of their",
      "vectors. The table is encoded for each call, so ask several questions at once.",
      ""
    },
    footer = {"", "Settings: 'ccpairs config encode'."})
final class SearchCommand implements Callable<Integer> {
  private static final int MAX_SHOWN_CHARS = 400;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "folder of the model: config.json, model.safetensors, tokenizer.json")
  private String model = "";

  @Option(
      names = "--in",
      paramLabel = "TABLE",
      required = true,
      description = "a table of pairs, as in work/unique, or one of its runs")
  private String table = "";

  @Option(
      names = "-n",
      paramLabel = "PASSAGES",
      defaultValue = "5",
      description = "how many for each question (default: ${DEFAULT-VALUE})")
  private int number;

  @Option(
      names = "--origin",
      paramLabel = "ORIGIN",
      description = "only reddit, stackexchange or wikipedia")
  private @Nullable String origin;

  @Option(names = "--json", description = "one JSON object a line instead of text")
  private boolean json;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Parameters(paramLabel = "QUESTION", arity = "1..*", description = "a text")
  private List<String> questions = List.of();

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Settings settings = options.load();
    if (number < 1) {
      throw new ConfigException("Cannot use -n " + number + ": at least 1 is needed");
    }
    SparkSession spark = Sessions.open("search");
    PublishedRun run = Workspace.openPairs(table, spark.sparkContext().hadoopConfiguration());
    List<Origin> origins =
        run.origins().stream()
            .filter(one -> origin == null || one.word().equals(origin))
            .filter(one -> run.manifest().rows().getOrDefault(one.word(), 0L) > 0)
            .toList();
    if (origins.isEmpty()) {
      throw new ConfigException(
          "Cannot search "
              + run.path()
              + ": it has no rows"
              + (origin == null ? "" : " of origin " + origin));
    }
    List<List<TableSearch.Found>> found =
        new TableSearch(spark, settings.get(Sections.ENCODE))
            .find(run, origins, model, questions, number);
    PrintWriter out = spec.commandLine().getOut();
    for (int i = 0; i < questions.size(); i++) {
      if (!json) {
        out.printf("%s%s%n", i == 0 ? "" : System.lineSeparator(), questions.get(i));
      }
      int place = 0;
      for (TableSearch.Found one : found.get(i)) {
        out.println(json ? object(questions.get(i), ++place, one) : text(++place, one));
      }
    }
    if (!json) {
      out.printf("%n%s   %s%n", run.path(), Clock.since(start));
    }
    out.flush();
    return ExitCode.OK;
  }

  private static String text(int place, TableSearch.Found one) {
    Row row = one.row();
    String passage = row.getAs("passage");
    String shown =
        passage.length() <= MAX_SHOWN_CHARS
            ? passage
            : passage.substring(0, MAX_SHOWN_CHARS) + " […]";
    return String.format(
        Locale.ROOT,
        "%2d  %.4f  %s  %s  %s%n    %s",
        place,
        one.cosine(),
        row.<String>getAs("origin"),
        row.<String>getAs("subset"),
        row.<String>getAs("pair_id"),
        shown.replace("\n", "\n    "));
  }

  private static String object(String question, int place, TableSearch.Found one)
      throws IOException {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("question", question);
      json.writeNumberField("rank", place);
      json.writeNumberField("cosine", one.cosine());
      for (String field : List.of("origin", "subset", "pair_id", "query", "passage")) {
        json.writeStringField(field, one.row().getAs(field));
      }
      json.writeEndObject();
    }
    return line.toString();
  }
}
