package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.eval.EvaluateJob;
import io.ccpairs.jobs.report.TextTable;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.ContractException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores a model. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "a model, tasks -> results: retrieval, similarity and bitext scores beside BM25",
    description = {
      "Tasks are folders in BEIR's layout (corpus.jsonl, queries.jsonl, qrels/test.tsv; also .gz and",
      ".zst), folders with sentence pairs in test.jsonl, or files that describe others, as those in",
      "conf/tasks do. Results are written in MTEB's form; the same command again reads them.",
      ""
    },
    footer = {"", "Settings: 'ccpairs config evaluate'. docs/evaluation.md says what is computed."})
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--tasks",
      paramLabel = "PLACE",
      required = true,
      arity = "1..*",
      description = "task files (*.conf), task folders, or folders of these")
  private List<String> tasks = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "where the paths in task files begin (default: the folder of each task file)")
  private @Nullable String data;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "folder of the model; without it the baselines are scored alone")
  private @Nullable String model;

  @Option(
      names = "--model-name",
      paramLabel = "ORG/NAME",
      description = "the model's name in results (default: local/ and the folder's name)")
  private @Nullable String modelName;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "work",
      description = "folder for results/ and predictions/ (default: ${DEFAULT-VALUE})")
  private String out = "work";

  @Option(
      names = "--save-predictions",
      description = "also write rankings as TREC runs, and cosines and matches as TSV")
  private boolean savePredictions;

  @Option(names = "--overwrite", description = "score anew what is on file")
  private boolean overwrite;

  @Option(
      names = "--max-difference",
      paramLabel = "POINTS",
      description =
          "exit with 3 when a score is further than this, as 0.005, from what its task file expects")
  private @Nullable Double maxDifference;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Settings settings = options.load();
    if (modelName != null && !modelName.matches("[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")) {
      throw new ConfigException(
          "Cannot use --model-name " + modelName + ": write organisation/name");
    }
    PrintWriter err = spec.commandLine().getErr();
    EvaluateJob job =
        new EvaluateJob(
            Sessions.open("evaluate"),
            settings.get(Sections.EVALUATE),
            out,
            savePredictions ? EvaluateJob.Predictions.SAVED : EvaluateJob.Predictions.DROPPED,
            line -> {
              err.println(line);
              err.flush();
            });
    List<EvaluateJob.Line> lines =
        (overwrite ? job.anew() : job).run(tasks, data, model, modelName);
    print(lines, start);
    return ExitCode.OK;
  }

  private void print(List<EvaluateJob.Line> lines, long start) {
    Set<String> systems = new LinkedHashSet<>();
    lines.forEach(line -> systems.addAll(line.scores().keySet()));
    List<String[]> table = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("task", "subset", "metric"));
    heading.addAll(systems);
    heading.addAll(List.of("expected", "difference"));
    table.add(heading.toArray(String[]::new));
    Set<String> sources = new LinkedHashSet<>();
    double furthest = 0;
    String where = "";
    for (EvaluateJob.Line line : lines) {
      List<String> cells = new ArrayList<>(List.of(line.task(), line.subset(), line.metric()));
      for (String system : systems) {
        cells.add(number(line.scores().get(system)));
      }
      cells.add(number(line.expected()));
      cells.add(line.difference() == null ? "" : signed(line.difference()));
      table.add(cells.toArray(String[]::new));
      if (line.source() != null) {
        sources.add(line.source());
      }
      double distance = line.difference() == null ? 0 : Math.abs(line.difference());
      if (Double.compare(distance, furthest) > 0) { // NaN is further than all
        furthest = distance;
        where = line.task() + " " + line.subset();
      }
    }
    PrintWriter text = spec.commandLine().getOut();
    text.print(TextTable.render(table));
    sources.forEach(source -> text.println("expected: " + source));
    text.printf("results: %s/results   %s%n", out, Clock.since(start));
    text.flush();
    if (maxDifference != null && !(furthest <= maxDifference)) {
      throw new ContractException(
          "Cannot accept the scores: on "
              + where
              + " the difference is "
              + number(furthest)
              + ", the limit "
              + maxDifference);
    }
  }

  private static String number(@Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String signed(double value) {
    String number = number(value);
    return number.equals("-0.0000") ? "0.0000" : number;
  }
}
