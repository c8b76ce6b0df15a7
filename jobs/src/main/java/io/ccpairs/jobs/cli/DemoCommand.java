package io.ccpairs.jobs.cli;

import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.eval.Rankings;
import io.ccpairs.core.eval.RetrievalScores;
import io.ccpairs.core.eval.Run;
import io.ccpairs.core.eval.task.BeirFolder;
import io.ccpairs.core.eval.task.RetrievalTask;
import io.ccpairs.core.rank.lexical.Analyser;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.corpus.CorpusJob;
import io.ccpairs.jobs.corpus.PlantedPairs;
import io.ccpairs.jobs.encode.SharedEncoder;
import io.ccpairs.jobs.filter.FilterJob;
import io.ccpairs.jobs.recipe.Recipe;
import io.ccpairs.jobs.recipe.RecipeConfig;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole recipe on a generated corpus, in one process. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "nothing -> a model: the whole recipe on a generated corpus, with the proof",
    description = {
      "What a newcomer runs first: needs no data, no network and no cluster. Generates dumps with planted wrong answers,"
          + " mines, cleans and deduplicates them, trains an encoder on the noise, filters with it, trains another on as"
          + " many pairs and steps of what is left, and compares both on a held-out retrieval task.",
      ""
    },
    footer = {
      "",
      "Its settings are small ones, printed by each stage's manifest; --config and --set win over them."
    })
final class DemoCommand implements Callable<Integer> {

  /** What differs from the defaults. */
  private static final String SETTINGS = "demo.conf";

  private static final int DEPTH = 100;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "work/demo",
      description = "folder for corpus, tables and models (default: ${DEFAULT-VALUE})")
  private String folder = "work/demo";

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "about how many pairs the miner will find; short for --set corpus.pairs=N")
  private @Nullable Long pairs;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Path own = Files.createTempFile("ccpairs-demo", ".conf");
    try (InputStream resource =
        Objects.requireNonNull(DemoCommand.class.getResourceAsStream(SETTINGS))) {
      Files.write(own, resource.readAllBytes());
      return demo(own, start);
    } finally {
      Files.delete(own);
    }
  }

  private int demo(Path own, long start) throws IOException {
    List<String> words = new ArrayList<>(List.of("--config", own.toString()));
    words.addAll(options.words());
    if (pairs != null) {
      words.addAll(List.of("--set", "corpus.pairs=" + pairs));
    }
    Settings settings =
        options.loadOver(own, pairs == null ? List.of() : List.of("corpus.pairs=" + pairs));
    PrintWriter out = spec.commandLine().getOut();
    SparkSession spark = Sessions.open("demo");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String corpus = folder + "/corpus";
    CorpusJob.Result made = new CorpusJob(spark, settings.get(Sections.CORPUS)).run(corpus);
    CorpusOptions.print(out, made, corpus, start);
    List<Recipe.Step> steps = Recipe.steps(recipe(corpus), folder, words, "resume");
    for (int i = 0; i < steps.size(); i++) {
      Recipe.Step step = steps.get(i);
      out.printf("%n[%d/%d] %s%n", i + 1, steps.size(), step.name());
      out.flush();
      int code =
          Main.run(step.arguments().toArray(String[]::new), out, spec.commandLine().getErr());
      if (code != ExitCode.OK) {
        return code;
      }
    }
    planted(
        out, PlantedPairs.of(spark, corpus, rows(spark, "unique"), rows(spark, FilterJob.TABLE)));
    scores(out, corpus + "/held-out", hadoop);
    out.printf(
        "%nmore     jobs/bin/ccpairs inspect %s/consistent --dropped -n 5%nmodel    %s/last/model opens in"
            + " sentence-transformers%ndone in %s%n",
        folder, folder, Clock.since(start));
    out.flush();
    return ExitCode.OK;
  }

  private static RecipeConfig recipe(String corpus) {
    RecipeConfig empty = RecipeConfig.defaults();
    return new RecipeConfig(
        List.of(corpus + "/reddit"),
        List.of(corpus + "/stackexchange"),
        List.of(corpus + "/wikipedia"),
        empty.optOut(),
        empty.evaluationSets(),
        empty.tasks(),
        empty.model(),
        "tiny",
        empty.first(),
        empty.last());
  }

  private Dataset<Row> rows(SparkSession spark, String table) throws IOException {
    PublishedRun run =
        Workspace.open(folder + "/" + table, spark.sparkContext().hadoopConfiguration());
    return spark
        .read()
        .parquet(
            run.origins().stream()
                .map(origin -> run.data(origin).toString())
                .toArray(String[]::new));
  }

  private static void planted(PrintWriter out, PlantedPairs planted) {
    out.printf(
        Locale.ROOT,
        "%nThe filter and the wrong answers that were planted: of %,d pairs %,d are wrong; it dropped %,d pairs,"
            + " %,d of them wrong%n  precision %.3f (share of wrong ones without a filter: %.3f), recall %.3f%n",
        planted.pairs(),
        planted.wrong(),
        planted.dropped(),
        planted.wrongDropped(),
        planted.precision(),
        (double) planted.wrong() / planted.pairs(),
        planted.recall());
    out.flush();
  }

  private void scores(PrintWriter out, String held, Configuration hadoop) throws IOException {
    RetrievalTask task = BeirFolder.open(Path.of(held), "test");
    Run chance = Rankings.random(task, DEPTH, 1);
    out.printf(
        Locale.ROOT,
        "%nHeld-out retrieval: %,d questions, %,d passages, about concepts that no training text is about%n"
            + "  %-36s %8s %8s %10s%n",
        task.answered().size(),
        chance.passages(),
        "",
        "nDCG@10",
        "MRR@10",
        "Recall@100");
    line(out, "chance", RetrievalScores.of(task.qrels(), chance));
    line(
        out,
        "BM25",
        RetrievalScores.of(task.qrels(), Rankings.bm25(task, Analyser.of("en"), DEPTH)));
    line(out, "encoder before the filter", dense(task, folder + "/first/model", hadoop));
    line(out, "encoder after the filter", dense(task, folder + "/last/model", hadoop));
  }

  private static RetrievalScores dense(RetrievalTask task, String model, Configuration hadoop)
      throws IOException {
    TextEncoder encoder = SharedEncoder.of(model, 0, hadoop);
    return RetrievalScores.of(task.qrels(), Rankings.dense(task, encoder::encode, DEPTH));
  }

  private static void line(PrintWriter out, String name, RetrievalScores scores) {
    out.printf(
        Locale.ROOT,
        "  %-36s %8.3f %8.3f %10.3f%n",
        name,
        scores.ndcgAt10(),
        scores.mrrAt10(),
        scores.recallAt100());
    out.flush();
  }
}
