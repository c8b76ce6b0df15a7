package io.ccpairs.jobs.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.Prefixes;
import io.ccpairs.core.encoder.vocabulary.WordPieceTrainer;
import io.ccpairs.core.encoder.vocabulary.WordPieces;
import io.ccpairs.core.shard.ShardIndex;
import io.ccpairs.core.train.TrainConfig;
import io.ccpairs.core.train.Trainer;
import io.ccpairs.jobs.encode.EncodeJob;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.shard.HadoopShards;
import io.ccpairs.jobs.workspace.Json;
import io.ccpairs.jobs.workspace.Lease;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.Order;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.RunExistsException;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Contrastive pre-training (E5, section 4.1) of an encoder on shards: one rank on each executor, in
 * a barrier stage.
 *
 * <p>When Spark has given the stage up, the driver begins again, from the newest checkpoint. The
 * same call after the driver itself was killed does so, too.
 */
public final class PretrainJob {
  /** Goes up when the same input and settings give another model. */
  private static final int VERSION = 2;

  private static final String FIGURES = "training/metrics.jsonl";
  private static final String ORDER = "training/order.json";

  private final SparkSession spark;
  private final TrainConfig config;
  private final RunConfig run;
  private final Consumer<String> lines;

  /**
   * A job in a session.
   *
   * @param lines gets a line of figures now and then
   */
  public PretrainJob(
      SparkSession spark, TrainConfig config, RunConfig run, Consumer<String> lines) {
    this.spark = spark;
    this.config = config;
    this.run = run;
    this.lines = lines;
  }

  /**
   * What a training begins with: a model's folder, or nothing.
   *
   * @param folder of given weights; null for an encoder from nothing
   * @param fresh the encoder to make when there is no folder
   */
  public record Start(@Nullable String folder, NewModelConfig fresh) {}

  /**
   * What a call made or found.
   *
   * @param model the model's folder
   * @param ranks how many trained it; 0 when it was there
   * @param seconds of this call
   */
  public record Result(String model, boolean upToDate, int ranks, double seconds) {}

  /** What {@code order.json} says: what a training was made of. */
  private record Asked(String fingerprint, SortedMap<String, String> settings) {}

  /**
   * Trains, or goes on, or finds that it is done.
   *
   * @param shards the batches
   * @param out the model's folder to make
   * @param settings the effective settings that shape the model, by key
   * @throws TrainingException when it cannot begin or was stopped, with what to do
   * @throws RunExistsException when another model has that name
   */
  public Result run(
      PublishedRun shards,
      Start start,
      String out,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    long begin = System.nanoTime();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path model = new Path(out);
    FileSystem files = model.getFileSystem(hadoop);
    model = files.makeQualified(model);
    Asked asked = asked(shards, start, settings);
    TrainingFolder folder = new TrainingFolder(model.suffix(".training"), hadoop);
    if (isThere(files, model, folder, asked, onExisting)) {
      return new Result(model.toString(), true, 0, 0);
    }
    ShardIndex index = HadoopShards.wholeIndex(shards, hadoop);
    String weights = start.folder();
    if (weights != null) {
      check(weights);
    }
    RankStage stage = new RankStage(spark);
    int ranks = stage.ranks(run.ranks(), index);
    try (Lease lease = lease(folder, out)) {
      // Who held it until now may have made the model.
      boolean made = isThere(files, model, folder, asked, onExisting);
      if (!made) {
        folder.forgetHalf(model);
        if (!same(folder, asked)) {
          begin(folder, asked);
        }
        long last = train(folder, shards, start, stage, ranks);
        lease.check();
        // It took hours; what came into the place meanwhile is not ours to delete.
        isThere(files, model, folder, asked, onExisting);
        finish(folder, last, model, asked);
        folder.clear();
      }
      lease.release();
      folder.leave();
      return new Result(
          model.toString(), made, made ? 0 : ranks, (System.nanoTime() - begin) / 1e9);
    }
  }

  /**
   * Whether the model is there already.
   *
   * @throws RunExistsException when something else is: another model, unless it is to be replaced,
   *     or a folder of other things, in any case
   */
  private static boolean isThere(
      FileSystem files, Path model, TrainingFolder folder, Asked asked, OnExisting onExisting)
      throws IOException {
    if (!files.exists(model)) {
      return false;
    }
    if (!isModel(files, model)) {
      if (isEmpty(files, model) || folder.isFinishing()) {
        return false;
      }
      throw new RunExistsException(
          "Cannot train "
              + model
              + ": there is something that is no model, or holds tables too, and would be lost."
              + " Choose another --out");
    }
    if (onExisting == OnExisting.OVERWRITE) {
      return false;
    }
    if (onExisting != OnExisting.FAIL && made(files, model, asked)) {
      return true;
    }
    throw new RunExistsException(
        "Cannot train "
            + model
            + ": there is a model of that name, made of other input or settings. Choose another"
            + " --out, or --on-existing overwrite");
  }

  private static boolean isEmpty(FileSystem files, Path folder) throws IOException {
    return files.getFileStatus(folder).isDirectory() && files.listStatus(folder).length == 0;
  }

  /** Whether a folder holds a model and no tables. */
  private static boolean isModel(FileSystem files, Path folder) throws IOException {
    if (!files.exists(new Path(folder, "config.json"))
        || !(files.exists(new Path(folder, "model.safetensors"))
            || files.exists(new Path(folder, ORDER)))) {
      return false;
    }
    for (FileStatus child : files.listStatus(folder)) {
      if (child.isDirectory() && Workspace.isTable(files, child.getPath())) {
        return false;
      }
    }
    return true;
  }

  private static Lease lease(TrainingFolder folder, String out) {
    try {
      return folder.lease("Cannot train " + out);
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  private static TrainingException cannotWrite(TrainingFolder folder, IOException e) {
    return new TrainingException("Cannot write " + folder.path() + ": " + e.getMessage(), e);
  }

  private static void finish(TrainingFolder folder, long step, Path model, Asked asked)
      throws IOException {
    folder.finish(
        step,
        model,
        Map.of(
            FIGURES,
            String.join("", folder.lines(-1)).getBytes(UTF_8),
            "training/" + TrainingFolder.EVENTS,
            folder.events(),
            ORDER,
            Json.text(asked).getBytes(UTF_8)));
  }

  /** Opens given weights here, where what is wrong with them is said once. */
  private void check(String weights) throws IOException {
    try {
      Trainer.check(LocalFiles.of(weights, spark.sparkContext().hadoopConfiguration()), config);
    } catch (IllegalArgumentException e) {
      throw new TrainingException(e.getMessage() + ". Set pretrain.max-tokens", e);
    }
  }

  private Asked asked(PublishedRun shards, Start start, SortedMap<String, String> settings)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<Manifest.InputFile> inputs = new ArrayList<>();
    Path index = new Path(shards.path(), "__meta__/manifest.json");
    inputs.add(TableStage.file(index.getFileSystem(hadoop), index));
    SortedMap<String, String> shaping = new TreeMap<>(settings);
    shaping.keySet().removeIf(key -> key.startsWith("pretrain.run."));
    if (start.folder() != null) {
      inputs.addAll(EncodeJob.weights(spark, start.folder()));
      shaping.keySet().removeIf(key -> key.startsWith("model."));
      shaping.put("start", start.folder());
    }
    shaping.put("shards", shards.path().toString());
    Order order = new Order("model", "pretrain", VERSION, 1, null, inputs, shaping);
    return new Asked(order.fingerprint(), shaping);
  }

  /** The settings that a trained model keeps with its figures, by key. */
  public static SortedMap<String, String> settings(FileSystem files, Path model)
      throws IOException {
    return Json.read(files, new Path(model, ORDER), Asked.class).settings();
  }

  private static boolean made(FileSystem files, Path model, Asked asked) throws IOException {
    Path order = new Path(model, ORDER);
    return files.exists(order)
        && Json.read(files, order, Asked.class).fingerprint().equals(asked.fingerprint());
  }

  private static boolean same(TrainingFolder folder, Asked asked) throws IOException {
    return folder.files().exists(folder.order())
        && Json.read(folder.files(), folder.order(), Asked.class)
            .fingerprint()
            .equals(asked.fingerprint());
  }

  private static void begin(TrainingFolder folder, Asked asked) throws IOException {
    try {
      folder.clear();
      Json.write(folder.files(), folder.order(), asked);
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  /** An encoder from nothing, made once for a training. */
  private String fresh(TrainingFolder folder, NewModelConfig config, PublishedRun shards)
      throws IOException {
    if (folder.files().exists(new Path(folder.start(), "config.json"))) {
      return folder.start().toString();
    }
    spark.sparkContext().setJobDescription("pretrain: count words");
    Map<String, Long> words =
        Words.count(
            spark.read().parquet(firstEpoch(shards)).select("query", "passage"), config.words());
    spark.sparkContext().setJobDescription(null);
    WordPieces pieces = WordPieceTrainer.train(words, config.vocabulary());
    java.nio.file.Path scratch = Files.createTempDirectory("ccpairs-model");
    try {
      java.nio.file.Path local = scratch.resolve("start");
      ModelFolder.create(
          local, config.shape(), pieces, config.maxTokens(), Prefixes.E5, config.seed());
      LocalFiles.upload(local, folder.files(), folder.start(), "config.json");
    } finally {
      Rank.delete(scratch);
    }
    return folder.start().toString();
  }

  private static String[] firstEpoch(PublishedRun shards) {
    return shards.manifest().files().stream()
        .map(Manifest.DataFile::path)
        .filter(path -> path.startsWith("data/epoch=0/") && path.endsWith(".parquet"))
        .map(path -> new Path(shards.path(), path).toString())
        .toArray(String[]::new);
  }

  private static byte[] secret() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return secret;
  }

  private long train(
      TrainingFolder folder, PublishedRun shards, Start start, RankStage stage, int ranks)
      throws IOException {
    String weights = start.folder();
    if (weights == null) {
      weights = fresh(folder, start.fresh(), shards);
      check(weights);
    }
    return train(
        new Rank.Order(
            weights, shards.path().toString(), folder.path().toString(), config, run, secret()),
        folder,
        stage,
        ranks);
  }

  private long train(Rank.Order order, TrainingFolder folder, RankStage stage, int ranks)
      throws IOException {
    int failures = 0;
    long reached = -1;
    while (true) {
      try (Follower follower = new Follower(folder, config.steps(), lines)) {
        follower.start();
        List<Rank.Ended> ended = stage.run(order, ranks);
        for (Rank.Ended one : ended) {
          if (!one.advice().isEmpty()) {
            throw new TrainingException(
                "Stopped the training of " + folder.path().getName() + ". " + one.advice());
          }
        }
        return ended.get(0).step();
      } catch (Exception e) {
        // Spark's own exceptions are checked ones that its Java interface does not declare.
        if (e instanceof TrainingException known) {
          throw known;
        }
        if (!(e instanceof SparkException) || cancelled(e)) {
          throw e;
        }
        List<Long> checkpoints = folder.checkpoints();
        long now = checkpoints.isEmpty() ? 0 : checkpoints.get(checkpoints.size() - 1);
        if (spark.sparkContext().isStopped()) {
          throw new TrainingException(
              "Stopped: " + reason(e) + ". The same command goes on from step " + now, e);
        }
        failures = now > reached ? 1 : failures + 1;
        reached = now;
        if (failures > run.restarts()) {
          throw new TrainingException(
              "Cannot go on: "
                  + failures
                  + " attempts in a row ended without a new checkpoint, the last with: "
                  + reason(e)
                  + ". The same command goes on from step "
                  + now,
              e);
        }
        lines.accept("A rank was lost (" + reason(e) + "); going on from step " + now);
      }
    }
  }

  /** Whether a person ended the job. */
  private static boolean cancelled(Exception e) {
    return reason(e).contains("SPARK_JOB_CANCELLED");
  }

  /** In one line; of a barrier stage Spark says in the second one what befell the task. */
  private static String reason(Throwable e) {
    List<String> lines = String.valueOf(e.getMessage()).lines().toList();
    boolean second = lines.size() > 1 && lines.get(0).endsWith("finished unsuccessfully.");
    return lines.get(second ? 1 : 0);
  }
}
