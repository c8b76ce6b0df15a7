package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Section;
import io.ccpairs.jobs.config.Settings;
import io.ccpairs.jobs.shard.ShardJob;
import io.ccpairs.jobs.spark.Sessions;
import io.ccpairs.jobs.train.NewModelConfig;
import io.ccpairs.jobs.train.PretrainJob;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the stage {@code pretrain}. */
@Command(
    name = "pretrain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "shards -> a model: contrastive pre-training, one rank for each executor",
    description = {
      "Trains a given encoder (--model) or one from nothing (--new) with in-batch negatives over all ranks. The model is"
          + " a folder that sentence-transformers opens. A lost rank, or the same command after a crash, goes on from"
          + " the last checkpoint; nothing is skipped or repeated.",
      ""
    },
    footer = {
      "",
      "  ccpairs pretrain --new small --in work/shards --out models/first --config conf/recipes/e5-small.conf",
      "  ccpairs pretrain --model models/minilm --in work/shards --out models/small -- --master yarn --num-executors 8",
      "Settings: 'ccpairs config pretrain' and, for --new, 'ccpairs config model'. Recipes: conf/recipes/."
    })
final class PretrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "weights to begin with: a folder as Hugging Face or sentence-transformers keep it")
  private @Nullable String model;

  @Option(
      names = "--new",
      paramLabel = "SHAPE",
      arity = "0..1",
      fallbackValue = "small",
      description =
          "begin from nothing: a WordPiece vocabulary of the shards' texts and random weights; tiny, small, base or"
              + " large, and model.* in the settings over it")
  private @Nullable String fresh;

  @Option(
      names = "--in",
      paramLabel = "SHARDS",
      defaultValue = "work/shards",
      description = "table of shards, or one of its runs (default: ${DEFAULT-VALUE})")
  private String shards = "work/shards";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "the model's folder to make, on any file system Hadoop knows")
  private String out = "";

  @Option(
      names = "--on-existing",
      paramLabel = "WHAT",
      defaultValue = "skip",
      converter = JobOptions.OnExistingConverter.class,
      completionCandidates = JobOptions.OnExistingWords.class,
      description = "when the model is there: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private OnExisting onExisting = OnExisting.SKIP;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws IOException {
    if ((model != null) == (fresh != null)) {
      throw new ConfigException(
          "Cannot train: give --model DIR to begin with given weights, or --new to begin from nothing");
    }
    pretrain(model, fresh, shards, out, onExisting, options.load(), spec.commandLine().getOut());
    return ExitCode.OK;
  }

  /** Trains and prints figures. */
  static PretrainJob.Result pretrain(
      @Nullable String model,
      @Nullable String shape,
      String shards,
      String out,
      OnExisting onExisting,
      Settings settings,
      PrintWriter printer)
      throws IOException {
    SparkSession spark = Sessions.open("pretrain");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    PublishedRun input = Workspace.open(shards, hadoop);
    if (!input.manifest().table().equals(ShardJob.TABLE)) {
      throw new ConfigException(
          "Cannot train on " + input.path() + ": it is no table of shards; run ccpairs shard");
    }
    NewModelConfig fresh;
    try {
      fresh =
          settings.get(new Section<>("model", NewModelConfig.of(shape == null ? "small" : shape)));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("Cannot train --new " + shape + ": " + e.getMessage());
    }
    SortedMap<String, String> shaping = settings.effective("pretrain");
    shaping.put("model.new", fresh.toString());
    PretrainJob.Result result =
        new PretrainJob(
                spark,
                settings.get(Sections.PRETRAIN),
                settings.get(Sections.PRETRAIN_RUN),
                line -> {
                  printer.println("  " + line);
                  printer.flush();
                })
            .run(input, new PretrainJob.Start(model, fresh), out, onExisting, shaping);
    printer.printf(
        Locale.ROOT,
        "pretrain %s -> %s   %s%n",
        input.path(),
        result.model(),
        result.upToDate()
            ? "up to date"
            : String.format(
                Locale.ROOT,
                "%d %s, %.0f s",
                result.ranks(),
                result.ranks() == 1 ? "rank" : "ranks",
                result.seconds()));
    printer.flush();
    return result;
  }
}
