package io.ccpairs.jobs.encode;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.workspace.ContractException;
import io.ccpairs.jobs.workspace.Draft;
import io.ccpairs.jobs.workspace.FunnelFile;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.Order;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Writes the vectors of both sides of every pair of a table. Which texts are encoded together
 * depends on the table alone, so the vectors are the same on any cluster, to the last bit on equal
 * processors.
 */
public final class EncodeJob {
  /** The table that this job writes: {@code pair_id, origin, query_vector, passage_vector}. */
  public static final String TABLE = "embeddings";

  private static final int VERSION = 3;
  private static final StructType SCHEMA =
      new StructType()
          .add("pair_id", DataTypes.StringType, false, "the pair in the table that was encoded")
          .add("origin", DataTypes.StringType, false, "reddit, stackexchange or wikipedia")
          .add(
              "query_vector",
              DataTypes.createArrayType(DataTypes.FloatType, false),
              false,
              "unit length, read as a query")
          .add(
              "passage_vector",
              DataTypes.createArrayType(DataTypes.FloatType, false),
              false,
              "unit length, read as a passage");

  private final SparkSession spark;
  private final EncodeConfig config;

  /** A job in a session. */
  public EncodeJob(SparkSession spark, EncodeConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /**
   * Encodes a run into a run of {@link #TABLE}.
   *
   * @param model a model's folder
   * @param name the run's name; null for its fingerprint
   * @param settings the effective settings by key, for fingerprint and manifest
   */
  public Stage.Result run(
      PublishedRun input,
      String model,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    TableStage stage = new TableStage(spark, workspace, input);
    Order order = stage.order(TABLE, "encode", VERSION, name, weights(spark, model), settings);
    Workspace.Begun begun = workspace.begin(order, onExisting);
    if (begun.upToDate().isPresent()) {
      PublishedRun run = begun.upToDate().get();
      return new Stage.Result(run, run.funnel(workspace.files()).funnel(), true);
    }
    try (Draft draft = begun.draft().orElseThrow()) {
      List<Draft.Piece> pieces = new ArrayList<>();
      Funnel funnel = new Funnel();
      for (Origin origin : stage.origins()) {
        Draft.Piece done = draft.finished(origin.word()).orElse(null);
        Draft.Piece piece = done == null ? piece(stage, input, origin, model, draft) : done;
        pieces.add(piece);
        funnel.merge(piece.funnel().funnel());
      }
      PublishedRun run =
          draft.publish(
              pieces,
              SCHEMA,
              made -> "Vectors of " + input.path().getName() + " under " + model + ".\n");
      return new Stage.Result(run, funnel, false);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  /** The files of a model that decide on vectors, as manifests name them. */
  public static List<Manifest.InputFile> weights(SparkSession spark, String model)
      throws IOException {
    Path folder = new Path(model);
    FileSystem files = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
    LocalFiles.checkModel(model, spark.sparkContext().hadoopConfiguration());
    List<Manifest.InputFile> weights = new ArrayList<>();
    for (FileStatus status : files.listStatus(folder)) {
      String file = status.getPath().getName();
      if (status.isFile() && (file.endsWith(".safetensors") || file.endsWith(".json"))) {
        weights.add(TableStage.file(files, status.getPath()));
      }
    }
    return weights;
  }

  private Draft.Piece piece(
      TableStage stage, PublishedRun input, Origin origin, String model, Draft draft)
      throws IOException {
    spark.sparkContext().setJobDescription("encode " + origin.word());
    EncodeConfig settings = config;
    Broadcast<SerializableConfiguration> hadoop =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    long rows = input.manifest().rows().getOrDefault(origin.word(), 0L);
    long slices = Slices.number(rows, config.batchPairs());
    long partitions = Long.parseLong(spark.conf().get("spark.sql.shuffle.partitions"));
    GpuProfile profile = GpuProfile.of(spark.sparkContext(), config.tasksPerGpu());
    spark
        .createDataFrame(
            profile.apply(
                stage
                    .rows(origin)
                    .select("pair_id", "query_key", "query", "passage")
                    .withColumn("slice", pmod(xxhash64(col("query_key")), lit(slices)))
                    .repartition((int) Math.min(slices, partitions), col("slice"))
                    .sortWithinPartitions("slice", "query_key", "pair_id")
                    .select("slice", "pair_id", "query", "passage")
                    .toJavaRDD()
                    .mapPartitions(
                        sorted ->
                            Slices.of(
                                sorted,
                                0,
                                2 * settings.batchPairs(),
                                slice ->
                                    encoded(
                                        SharedEncoder.of(
                                            model, settings.maxTokens(), hadoop.value().value()),
                                        origin.word(),
                                        slice)))),
            SCHEMA)
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        .parquet(draft.data(origin.word()).toString());
    long in = rows;
    long written =
        spark.read().schema(SCHEMA).parquet(draft.data(origin.word()).toString()).count();
    if (in != written) {
      throw new ContractException(
          "Accounting broken for "
              + origin.word()
              + ": "
              + in
              + " pairs came in, "
              + written
              + " have vectors");
    }
    Funnel funnel = new Funnel();
    funnel.addIn(origin, Kind.PAIR, in);
    funnel.addJudged(origin, Kind.PAIR, Verdict.KEEP, written);
    Draft.Piece piece =
        new Draft.Piece(origin.word(), FunnelFile.of(funnel), Map.of(), "0", written);
    draft.finish(piece);
    return piece;
  }

  private static List<Row> encoded(TextEncoder encoder, String origin, List<Row> slice) {
    Embeddings queries =
        encoder.encode(Role.QUERY, slice.stream().map(row -> row.getString(2)).toList());
    Embeddings passages =
        encoder.encode(Role.PASSAGE, slice.stream().map(row -> row.getString(3)).toList());
    List<Row> encoded = new ArrayList<>(slice.size());
    for (int i = 0; i < slice.size(); i++) {
      encoded.add(
          RowFactory.create(
              slice.get(i).getString(1), origin, boxed(queries.row(i)), boxed(passages.row(i))));
    }
    return encoded;
  }

  private static Float[] boxed(float[] vector) {
    Float[] boxed = new Float[vector.length];
    Arrays.setAll(boxed, i -> vector[i]);
    return boxed;
  }
}
