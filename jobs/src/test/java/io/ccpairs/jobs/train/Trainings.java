package io.ccpairs.jobs.train;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.train.TrainConfig;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.shard.ShardConfig;
import io.ccpairs.jobs.shard.ShardJob;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Trainings of an encoder of one layer on 96 pairs: twelve steps over two epochs. */
record Trainings(SparkSession spark, Path folder) {
  static final NewModelConfig TINY = new NewModelConfig(16, 1, 2, 200, 32, 0.1, 5, 10_000);
  static final long STEPS = 12;

  /** The table of the pairs. */
  PublishedRun unique() throws IOException {
    List<TextPair> pairs = new ArrayList<>();
    for (int i = 0; i < 96; i++) {
      pairs.add(
          Tables.pair(
              Origin.WIKIPEDIA,
              i,
              "word" + i % 10 + " of number " + i,
              "an answer on word" + i % 10 + " and number " + i));
    }
    return Tables.publish(spark, folder.resolve("work"), "unique", pairs);
  }

  PublishedRun shards() throws IOException {
    PublishedRun input = unique();
    ShardConfig config =
        new ShardConfig(
            16, 4, 1, 0, ShardConfig.Mixing.MIXED, 1, new ShardConfig.Weights(1, 1, 1), 42, 32);
    return new ShardJob(spark, config)
        .run(
            input,
            Workspace.at(
                folder.resolve("work").toString(), spark.sparkContext().hadoopConfiguration()),
            "main",
            OnExisting.SKIP,
            new TreeMap<>())
        .run();
  }

  static TrainConfig config() {
    return TrainConfig.defaults()
        .with(
            c -> {
              c.steps = STEPS;
              c.warmupSteps = 2;
              c.learningRate = 0.01;
              c.chunkTokens = 256;
              c.threads = 1;
            });
  }

  static RunConfig run(int ranks) {
    return new RunConfig(ranks, 1, 2, 2, 3, RunConfig.GpuPrecision.FLOAT32, 60);
  }

  PretrainJob.Result train(String name, int ranks, TrainConfig config, Consumer<String> lines)
      throws IOException {
    return train(null, name, ranks, config, lines);
  }

  /** Begins with the weights of another training's model. */
  PretrainJob.Result train(
      @Nullable String from, String name, int ranks, TrainConfig config, Consumer<String> lines)
      throws IOException {
    return train(from, name, ranks, config, OnExisting.SKIP, lines);
  }

  PretrainJob.Result train(
      @Nullable String from,
      String name,
      int ranks,
      TrainConfig config,
      OnExisting onExisting,
      Consumer<String> lines)
      throws IOException {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("pretrain", config.toString());
    return new PretrainJob(spark, config, run(ranks), lines)
        .run(
            shards(),
            new PretrainJob.Start(from == null ? null : folder.resolve(from).toString(), TINY),
            folder.resolve(name).toString(),
            onExisting,
            settings);
  }

  byte[] weights(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
  }

  /** Waits for a checkpoint of a training, then does what is asked. */
  Thread afterCheckpoint(String name, long step, Runnable what) {
    Path checkpoints = folder.resolve(name + ".training/checkpoints");
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  try (var all = Files.list(checkpoints)) {
                    if (all.map(path -> path.getFileName().toString())
                        .anyMatch(
                            file ->
                                file.startsWith("step-")
                                    && Long.parseLong(file.substring(5)) >= step)) {
                      break;
                    }
                  } catch (IOException e) {
                    // Not there yet.
                  }
                  Thread.sleep(1);
                }
                what.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
