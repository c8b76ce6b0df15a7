package io.ccpairs.jobs.filter;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.rank.ConsistencyFilter;
import io.ccpairs.core.rank.Ranks;
import io.ccpairs.jobs.encode.EncodeJob;
import io.ccpairs.jobs.encode.SharedEncoder;
import io.ccpairs.jobs.spark.JudgedRows;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import io.ccpairs.jobs.workspace.Draft;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pairs on which a model agrees with the crowd: those whose passage ranks among the first
 * k for its query, against a pool of random passages (E5, section 3). The definition stands at
 * {@link ConsistencyFilter}.
 *
 * <p>Pairs are worked on in slices that depend on their query's key alone: siblings come together,
 * so each distinct text of a thread is encoded once, and any cluster encodes the same texts
 * together. Ranks are written in pieces; a restarted run goes on after the last one.
 */
public final class FilterJob {
  /** The table that this job writes. */
  public static final String TABLE = "consistent";

  /** The dimension in which all judged pairs are counted by rank. */
  public static final String RANKS = "ranks";

  /** The dimension in which all judged pairs are counted by cosine, in hundredths. */
  public static final String COSINES = "cosines";

  /** Goes up when the same rows and settings give other rows. */
  private static final int VERSION = 1;

  private static final String KEPT_RANKS = "ranks";

  private static final StructType RANKED =
      new StructType()
          .add("pair_id", DataTypes.StringType)
          .add("outranked", DataTypes.IntegerType)
          .add("similarity", DataTypes.DoubleType);

  private final SparkSession spark;
  private final FilterConfig config;

  /** A job in a session. */
  public FilterJob(SparkSession spark, FilterConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /**
   * Filters a run into a run of {@link #TABLE}.
   *
   * @param model a model's folder
   * @param ranked a run of {@link #TABLE} made of the same input: its ranks are taken, nothing is
   *     encoded; null to rank
   * @param name the run's name; null for its fingerprint
   * @param settings the effective settings by key, for fingerprint and manifest
   */
  public Stage.Result run(
      PublishedRun input,
      String model,
      @Nullable PublishedRun ranked,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    TableStage stage = new TableStage(spark, workspace, input);
    SortedMap<String, String> shaping = new TreeMap<>(settings);
    shaping.remove("filter.piece-pairs");
    if (ranked != null) {
      checkServes(ranked, input);
    }
    return stage.run(
        stage.order(
            TABLE,
            "filter",
            VERSION,
            name,
            ranked == null ? EncodeJob.weights(spark, model) : ranked.manifest().inputs(),
            shaping),
        onExisting,
        (origin, draft, writer) -> {
          Path ranks =
              ranked == null
                  ? ranks(stage, input, origin, model, draft)
                  : copied(ranked, origin, draft);
          TallyAccumulator tallies =
              JudgedRows.tallies(
                  spark, "filter " + origin.word(), config.droppedSample(), config.seed());
          spark.sparkContext().setJobDescription("filter " + origin.word() + ": decide and write");
          int k = config.k();
          int upTo = config.rankUpTo();
          Dataset<Row> withRanks =
              stage
                  .rows(origin)
                  .join(
                      read(ranks, draft.files()).dropDuplicates("pair_id"),
                      new String[] {"pair_id"},
                      "left");
          return writer.write(
              origin,
              config.dropped(),
              JudgedRows.of(
                  withRanks,
                  origin,
                  () -> (pair, row, tally) -> judge(pair, row, k, upTo, tally),
                  config.dropped(),
                  tallies),
              tallies);
        });
  }

  private static Judged judge(TextPair pair, Row row, int k, int upTo, Tally tally) {
    Integer outranked = row.getAs("outranked");
    if (outranked == null) {
      throw new IllegalStateException("Pair " + pair.id() + " was not ranked");
    }
    if (outranked < 0) {
      return JudgedRows.judged(pair, Verdict.NO_VECTOR);
    }
    double cosine = row.<Double>getAs("similarity");
    int rank = outranked + 1;
    tally.count(pair.origin(), RANKS, rank > upTo ? "more" : Integer.toString(rank));
    tally.count(pair.origin(), COSINES, Integer.toString((int) Math.floor(100 * cosine)));
    return JudgedRows.judged(
        pair.withRank(rank, (float) cosine), rank <= k ? Verdict.KEEP : Verdict.INCONSISTENT);
  }

  /** Whether another run's ranks answer for this input and k. */
  private void checkServes(PublishedRun ranked, PublishedRun input) throws IOException {
    FileSystem files = ranked.path().getFileSystem(spark.sparkContext().hadoopConfiguration());
    String upTo = ranked.settings(files).getOrDefault("filter.rank-up-to", "0");
    boolean same =
        ranked.manifest().inputs().stream()
            .anyMatch(file -> file.path().startsWith(input.path().toString() + "/"));
    if (!same) {
      throw new FileNotFoundException(
          "Cannot take the ranks of " + ranked.path() + ": it was not made of " + input.path());
    }
    if (config.k() > Integer.parseInt(upTo)) {
      throw new FileNotFoundException(
          "Cannot take the ranks of "
              + ranked.path()
              + ": they were counted up to "
              + upTo
              + ", filter.k is "
              + config.k());
    }
  }

  private Path copied(PublishedRun ranked, Origin origin, Draft draft) throws IOException {
    Path from = new Path(ranked.aside(KEPT_RANKS), origin.word());
    Path to = new Path(draft.aside(KEPT_RANKS), origin.word());
    org.apache.hadoop.fs.FileUtil.copy(
        draft.files(), from, draft.files(), to, false, true, draft.files().getConf());
    return to;
  }

  /** The ranks of an origin, made piece by piece. */
  private Path ranks(TableStage stage, PublishedRun input, Origin origin, String model, Draft draft)
      throws IOException {
    Path pool = draft.scratch("pool-" + (perOrigin() ? origin.word() : "all"));
    new PoolStore(spark, config, model).make(perOrigin() ? stage.rows(origin) : all(stage), pool);
    Path ranks = new Path(draft.aside(KEPT_RANKS), origin.word());
    long rows = input.manifest().rows().getOrDefault(origin.word(), 0L);
    long pieces = Math.max(1, (rows + config.piecePairs() - 1) / config.piecePairs());
    long slices = Math.max(1, rows / config.batchPairs());
    Dataset<Row> sliced =
        stage
            .rows(origin)
            .select("pair_id", "query_key", "query", "passage")
            .withColumn("slice", pmod(xxhash64(col("query_key")), lit(slices)));
    if (pieces > 1) {
      sliced = byPiece(sliced, pieces, draft.scratch("sliced-" + origin.word()), draft);
    }
    for (long piece = 0; piece < pieces; piece++) {
      Path done = new Path(ranks, "piece=" + piece);
      if (!draft.files().exists(new Path(done, "_SUCCESS"))) {
        spark
            .sparkContext()
            .setJobDescription(
                "filter " + origin.word() + ": rank piece " + (piece + 1) + " of " + pieces);
        Dataset<Row> part = pieces == 1 ? sliced : sliced.where(col("piece").equalTo(piece));
        save(ranked(part, model, pool), done);
      }
    }
    return ranks;
  }

  /** The rows laid out by piece, so that each piece reads its own rows only. */
  private Dataset<Row> byPiece(Dataset<Row> sliced, long pieces, Path place, Draft draft)
      throws IOException {
    if (!draft.files().exists(new Path(place, "_SUCCESS"))) {
      spark.sparkContext().setJobDescription("filter: lay out pieces");
      Dataset<Row> pieced = sliced.withColumn("piece", pmod(col("slice"), lit(pieces)));
      pieced
          .repartition(col("piece"), col("slice"))
          .write()
          .mode(SaveMode.Overwrite)
          .partitionBy("piece")
          .option("compression", "zstd")
          .parquet(place.toString());
    }
    return spark.read().parquet(place.toString());
  }

  private Dataset<Row> ranked(Dataset<Row> sliced, String model, Path pool) {
    FilterConfig settings = config;
    String poolFolder = pool.toString();
    Broadcast<SerializableConfiguration> hadoop =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    return spark.createDataFrame(
        sliced
            .repartition(col("slice"))
            .sortWithinPartitions("slice", "query_key", "pair_id")
            .select("slice", "pair_id", "query", "passage")
            .toJavaRDD()
            .mapPartitions(
                rows ->
                    Slices.of(
                        rows,
                        0,
                        2 * settings.batchPairs(),
                        slice -> rank(slice, settings, model, poolFolder, hadoop.value().value()))),
        RANKED);
  }

  private static List<Row> rank(
      List<Row> slice,
      FilterConfig config,
      String model,
      String pool,
      Configuration configuration) {
    TextEncoder encoder = SharedEncoder.of(model, config.maxTokens(), configuration);
    ConsistencyFilter filter = PoolStore.open(pool, configuration);
    List<String> queries = slice.stream().map(row -> row.getString(2)).toList();
    List<String> passages = slice.stream().map(row -> row.getString(3)).toList();
    Embeddings of = encoder.encode(Role.QUERY, queries);
    Embeddings own = encoder.encode(Role.PASSAGE, passages);
    long[] keys = new long[2 * slice.size()];
    for (int i = 0; i < slice.size(); i++) {
      TextKey key = TextKey.of(passages.get(i));
      keys[2 * i] = key.high();
      keys[2 * i + 1] = key.low();
    }
    Ranks ranks = filter.count(of.values(), own.values(), keys, config.rankUpTo());
    List<Row> rows = new ArrayList<>(slice.size());
    for (int i = 0; i < slice.size(); i++) {
      rows.add(
          RowFactory.create(slice.get(i).getString(1), ranks.outranked()[i], ranks.cosines()[i]));
    }
    return rows;
  }

  private Dataset<Row> read(Path ranks, FileSystem files) throws IOException {
    List<String> pieces = new ArrayList<>();
    for (org.apache.hadoop.fs.FileStatus piece : files.listStatus(ranks)) {
      pieces.add(piece.getPath().toString());
    }
    return spark.read().schema(RANKED).parquet(pieces.toArray(String[]::new));
  }

  private boolean perOrigin() {
    return config.stratum() == FilterConfig.Stratum.ORIGIN;
  }

  private Dataset<Row> all(TableStage stage) {
    return stage.origins().stream()
        .map(stage::rows)
        .reduce(Dataset::union)
        .orElseThrow(() -> new IllegalArgumentException("Cannot filter a table without rows"));
  }

  private static void save(Dataset<Row> rows, Path to) {
    rows.write().mode(SaveMode.Overwrite).option("compression", "zstd").parquet(to.toString());
  }
}
