package io.ccpairs.jobs.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.Prefixes;
import io.ccpairs.core.encoder.vocabulary.WordPieceTrainer;
import io.ccpairs.core.encoder.vocabulary.WordPieces;
import io.ccpairs.core.shard.ShardIndex;
import io.ccpairs.core.train.TrainConfig;
import io.ccpairs.jobs.encode.EncodeJob;
import io.ccpairs.jobs.shard.HadoopShards;
import io.ccpairs.jobs.workspace.Json;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.Order;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.RunExistsException;
import io.ccpairs.jobs.workspace.TableStage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Contrastive pre-training (E5, section 4.1) of an encoder on shards: one rank on each executor, in
 * a barrier stage.
 *
 * <p>The barrier stage feeds a shuffle, because Spark starts such a stage again when a rank is lost
 * and gives a barrier result stage up. When Spark has given up nevertheless, the driver begins
 * again; both go on from the newest checkpoint. The same call after the driver itself was killed
 * does so, too.
 */
public final class PretrainJob {
  /** Goes up when the same input and settings give another model. */
  private static final int VERSION = 2;

  private static final long SLOTS_SECONDS = 20;
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
    if (files.exists(new Path(model, "config.json")) && onExisting != OnExisting.OVERWRITE) {
      if (onExisting != OnExisting.FAIL && made(files, model, asked)) {
        return new Result(model.toString(), true, 0, 0);
      }
      throw new RunExistsException(
          "Cannot train "
              + out
              + ": there is a model of that name, made of other input or settings. Choose another"
              + " --out, or --on-existing overwrite");
    }
    TrainingFolder folder = new TrainingFolder(model.suffix(".training"), hadoop);
    if (!same(folder, asked)) {
      folder.delete();
      Json.write(files, folder.order(), asked);
    }
    ShardIndex index = HadoopShards.index(shards, hadoop);
    String weights = start.folder();
    if (weights == null) {
      weights = fresh(folder, start.fresh(), shards);
    }
    int ranks = ranks(index);
    long last =
        train(
            new Rank.Order(
                weights, shards.path().toString(), folder.path().toString(), config, run, secret()),
            folder,
            ranks);
    if (files.exists(model)) {
      files.delete(model, true);
    }
    folder.finish(
        last,
        model,
        Map.of(
            FIGURES,
            String.join("", folder.lines(-1)).getBytes(UTF_8),
            "training/" + TrainingFolder.EVENTS,
            folder.events(),
            ORDER,
            Json.text(asked).getBytes(UTF_8)));
    folder.delete();
    return new Result(model.toString(), false, ranks, (System.nanoTime() - begin) / 1e9);
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
      folder.upload(local, folder.start(), "config.json");
    } finally {
      Rank.delete(scratch);
    }
    return folder.start().toString();
  }

  /** The files of the first epoch as the manifest lists them: a missing one must not go unseen. */
  private String[] firstEpoch(PublishedRun shards) throws IOException {
    List<String> paths = new ArrayList<>();
    for (Manifest.DataFile file : shards.manifest().files()) {
      if (file.path().startsWith("data/epoch=0/") && file.path().endsWith(".parquet")) {
        Path path = new Path(shards.path(), file.path());
        if (!path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)) {
          throw new FileNotFoundException(
              "Cannot train on " + shards.path() + ": shard " + file.path() + " is missing");
        }
        paths.add(path.toString());
      }
    }
    return paths.toArray(String[]::new);
  }

  private static byte[] secret() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return secret;
  }

  // ---- Ranks

  /** How many ranks there will be; waits for their executors. */
  private int ranks(ShardIndex index) {
    boolean local = spark.sparkContext().isLocal();
    int wanted = run.ranks();
    if (wanted == 0) {
      wanted =
          local
              ? 1
              : spark
                  .sparkContext()
                  .getConf()
                  .getInt("spark.executor.instances", Math.max(1, executors()));
    }
    if (index.slices() % wanted != 0) {
      throw new TrainingException(
          "Cannot train in "
              + wanted
              + " ranks: the shards were planned in "
              + index.slices()
              + " slices, which must be a multiple of the ranks. Set pretrain.run.ranks, or plan"
              + " again with another shard.slices");
    }
    long end = System.nanoTime() + SLOTS_SECONDS * 1_000_000_000L;
    int slots = slots();
    while (slots < wanted && System.nanoTime() < end) {
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TrainingException("Interrupted while waiting for executors", e);
      }
      slots = slots();
    }
    if (slots < wanted) {
      throw new TrainingException(
          "Cannot start "
              + wanted
              + " ranks at once: the cluster has "
              + slots
              + " free slots after "
              + SLOTS_SECONDS
              + " s. Give it --num-executors "
              + wanted
              + " (and --conf spark.dynamicAllocation.enabled=false), or train with --set"
              + " pretrain.run.ranks="
              + Math.max(1, slots));
    }
    return wanted;
  }

  private int slots() {
    return spark
        .sparkContext()
        .maxNumConcurrentTasks(
            spark.sparkContext().resourceProfileManager().defaultResourceProfile());
  }

  private int executors() {
    // The driver is in the list.
    return spark.sparkContext().statusTracker().getExecutorInfos().length - 1;
  }

  private long train(Rank.Order order, TrainingFolder folder, int ranks) throws IOException {
    int failures = 0;
    long reached = -1;
    while (true) {
      try (Follower follower = new Follower(folder, config.steps(), lines)) {
        follower.start();
        List<Rank.Ended> ended = stage(order, ranks);
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

  private static String reason(Throwable e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  /** The barrier stage, and a shuffle behind it. */
  private List<Rank.Ended> stage(Rank.Order order, int ranks) {
    spark.sparkContext().setJobDescription("pretrain: " + ranks + " ranks");
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      Broadcast<SerializableConfiguration> hadoop =
          context.broadcast(
              new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
      List<Integer> numbers = new ArrayList<>();
      for (int rank = 0; rank < ranks; rank++) {
        numbers.add(rank);
      }
      Function1<scala.collection.Iterator<Integer>, scala.collection.Iterator<Rank.Ended>> task =
          (Function1<scala.collection.Iterator<Integer>, scala.collection.Iterator<Rank.Ended>>
                  & Serializable)
              partition -> CollectionConverters.asScala(rank(order, hadoop));
      return new ArrayList<>(
          new JavaRDD<>(
                  context
                      .parallelize(numbers, ranks)
                      .rdd()
                      .barrier()
                      .mapPartitions(task, false, ClassTag$.MODULE$.apply(Rank.Ended.class)),
                  ClassTag$.MODULE$.<Rank.Ended>apply(Rank.Ended.class))
              .repartition(1)
              .collect());
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static java.util.Iterator<Rank.Ended> rank(
      Rank.Order order, Broadcast<SerializableConfiguration> hadoop) {
    try {
      return Rank.run(order, hadoop.value().value());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Prints figures as ranks write them, wherever they run. */
  private static final class Follower implements AutoCloseable {
    private static final long PAUSE_MILLIS = 1_000;

    private final TrainingFolder folder;
    private final long steps;
    private final Consumer<String> lines;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread = new Thread(this::follow, "ccpairs-figures");
    private long shown = -1;

    Follower(TrainingFolder folder, long steps, Consumer<String> lines) throws IOException {
      this.folder = folder;
      this.steps = steps;
      this.lines = lines;
      List<Map<String, Double>> old = folder.figures(-1);
      if (!old.isEmpty()) {
        shown = Math.round(Meter.figure(old.get(old.size() - 1), "step"));
      }
    }

    void start() {
      thread.setDaemon(true);
      thread.start();
    }

    private void follow() {
      try {
        while (!ended.get()) {
          Thread.sleep(PAUSE_MILLIS);
          show();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized void show() {
      try {
        for (Map<String, Double> figures : folder.figures(shown)) {
          shown = Math.round(Meter.figure(figures, "step"));
          lines.accept(Meter.line(figures, steps));
        }
      } catch (IOException e) {
        // Figures are for people; what matters is written by ranks, who fail on their own.
        System.getLogger(PretrainJob.class.getName())
            .log(System.Logger.Level.DEBUG, "Cannot follow " + folder.path(), e);
      }
    }

    @Override
    public void close() {
      ended.set(true);
      thread.interrupt();
      show();
    }
  }
}
