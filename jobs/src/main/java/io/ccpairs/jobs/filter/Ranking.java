package io.ccpairs.jobs.filter;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.ConsistencyFilter;
import io.ccpairs.core.rank.Pool;
import io.ccpairs.core.rank.Ranks;
import io.ccpairs.jobs.encode.GpuProfile;
import io.ccpairs.jobs.encode.SharedEncoder;
import io.ccpairs.jobs.encode.Slices;
import io.ccpairs.jobs.encode.TaskDevice;
import io.ccpairs.jobs.workspace.Draft;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
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
 * Ranks the pairs of each origin against the pools of their strata, and makes these pools.
 *
 * <p>Pairs are worked on in slices that depend on their query's key alone: siblings come together,
 * so each distinct text of a thread is encoded once, and any cluster encodes the same texts
 * together. Pools and ranks are written in pieces; a restarted run goes on after the last one.
 */
final class Ranking {
  /** Where the ranks of a run stay with it, by origin. */
  static final String RANKS = "ranks";

  /** Where a run says what its pools held. */
  static final String POOL = "pool";

  /** Rows of ranks. */
  static final StructType SCHEMA =
      new StructType()
          .add("pair_id", DataTypes.StringType)
          .add("outranked", DataTypes.IntegerType)
          .add("similarity", DataTypes.DoubleType)
          .add("outranked_in_all", DataTypes.IntegerType);

  private static final String OTHER = "other";
  private static final String NO_LANGUAGE = "?";

  private final SparkSession spark;
  private final FilterConfig config;
  private final Work work;
  private final TableStage stage;
  private final PublishedRun input;
  private final String model;
  private final GpuProfile profile;
  private final Map<Origin, Map<String, Long>> languagesOf = new EnumMap<>(Origin.class);
  private @Nullable Map<Origin, Map<String, Long>> byLanguage;

  /**
   * The ranking of a run.
   *
   * @param work told of what tasks do
   * @param input the run that {@code stage} reads
   * @param model a model's folder
   */
  Ranking(
      SparkSession spark,
      FilterConfig config,
      Work work,
      TableStage stage,
      PublishedRun input,
      String model,
      GpuProfile profile) {
    this.spark = spark;
    this.config = config;
    this.work = work;
    this.stage = stage;
    this.input = input;
    this.model = model;
    this.profile = profile;
  }

  /**
   * Makes the ranks of an origin, but for the pieces that an earlier attempt has made.
   *
   * @return their folder: stratum by stratum, piece by piece
   */
  Path of(Origin origin, Draft draft) throws IOException {
    Path ranks = new Path(draft.aside(RANKS), origin.word());
    draft.files().mkdirs(ranks);
    long rows = input.manifest().rows().getOrDefault(origin.word(), 0L);
    switch (config.stratum()) {
      case WHOLE -> rank("whole", origin, stage.rows(origin), rows, all(), ranks, draft);
      case ORIGIN ->
          rank(origin.word(), origin, stage.rows(origin), rows, stage.rows(origin), ranks, draft);
      case LANGUAGE -> {
        Map<String, Long> here = byLanguage().getOrDefault(origin, Map.of());
        for (Map.Entry<String, Long> language : here.entrySet()) {
          rank(
              language.getKey(),
              origin,
              in(language.getKey(), stage.rows(origin)),
              language.getValue(),
              in(language.getKey(), all()),
              ranks,
              draft);
        }
      }
    }
    return ranks;
  }

  private void rank(
      String stratum,
      Origin origin,
      Dataset<Row> pairs,
      long rows,
      Dataset<Row> passages,
      Path ranks,
      Draft draft)
      throws IOException {
    Path pool = draft.scratch("pool-" + stratum);
    String stamp =
        new PoolMaker(spark, config, model, profile, work)
            .make(
                stratum,
                passages.select("passage"),
                pool,
                new Path(draft.aside(POOL), stratum + ".json"));
    long pieces = Math.max(1, (rows + config.piecePairs() - 1) / config.piecePairs());
    long slices = Slices.number(rows, config.batchPairs());
    Dataset<Row> sliced =
        pairs
            .select("pair_id", "query_key", "query", "passage")
            .withColumn("slice", pmod(xxhash64(col("query_key")), lit(slices)));
    if (pieces > 1) {
      sliced =
          byPiece(
              sliced,
              pieces,
              draft.scratch("sliced-" + origin.word() + "-" + stratum + "-" + pieces),
              draft);
    }
    Path place = new Path(ranks, stratum);
    for (long piece = 0; piece < pieces; piece++) {
      Path done = new Path(place, "piece-" + piece + "-of-" + pieces);
      if (!draft.files().exists(new Path(done, "_SUCCESS"))) {
        spark
            .sparkContext()
            .setJobDescription(
                "filter "
                    + origin.word()
                    + ": rank against "
                    + stratum
                    + ", piece "
                    + (piece + 1)
                    + " of "
                    + pieces);
        Dataset<Row> part = pieces == 1 ? sliced : sliced.where(col("piece").equalTo(piece));
        double fullShare = Math.min(1, (double) config.fullRankSample() / Math.max(1, rows));
        save(ranked(part, pool.toString(), stamp, slices, fullShare), done);
        draft.reach("rank-piece-" + piece);
      }
    }
    for (FileStatus other : draft.files().listStatus(place)) {
      // What an earlier attempt with other pieces left.
      if (!other.getPath().getName().endsWith("-of-" + pieces)) {
        draft.files().delete(other.getPath(), true);
      }
    }
  }

  /** The rows laid out by piece, so that each piece reads its own rows only. */
  private Dataset<Row> byPiece(Dataset<Row> sliced, long pieces, Path place, Draft draft)
      throws IOException {
    if (!draft.files().exists(new Path(place, "_SUCCESS"))) {
      spark.sparkContext().setJobDescription("filter: lay out pieces");
      sliced
          .withColumn("piece", pmod(col("slice"), lit(pieces)))
          .repartition(col("piece"), col("slice"))
          .write()
          .mode(SaveMode.Overwrite)
          .partitionBy("piece")
          .option("compression", "zstd")
          .parquet(place.toString());
    }
    return spark.read().parquet(place.toString());
  }

  private Dataset<Row> ranked(
      Dataset<Row> sliced, String pool, String stamp, long slices, double fullShare) {
    FilterConfig settings = config;
    Work counted = work;
    String folder = model;
    Broadcast<SerializableConfiguration> hadoop =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    long partitions = Long.parseLong(spark.conf().get("spark.sql.shuffle.partitions"));
    return spark.createDataFrame(
        profile.apply(
            sliced
                .repartition((int) Math.min(slices, partitions), col("slice"))
                .sortWithinPartitions("slice", "query_key", "pair_id")
                .select("slice", "pair_id", "query", "passage")
                .toJavaRDD()
                .mapPartitions(
                    rows -> {
                      if (!rows.hasNext()) {
                        return rows;
                      }
                      Configuration configuration = hadoop.value().value();
                      TextEncoder encoder =
                          SharedEncoder.of(folder, settings.maxTokens(), configuration);
                      ConsistencyFilter filter = SharedPools.of(pool, stamp, configuration);
                      counted.ranOn(TaskDevice.describe());
                      return Slices.of(
                          rows,
                          0,
                          2 * settings.batchPairs(),
                          slice -> rankSlice(slice, settings, fullShare, encoder, filter, counted));
                    })),
        SCHEMA);
  }

  private Dataset<Row> all() {
    return stage.origins().stream()
        .map(stage::rows)
        .reduce(Dataset::union)
        .orElseThrow(() -> new IllegalArgumentException("Cannot filter a table without rows"));
  }

  private Dataset<Row> in(String stratum, Dataset<Row> rows) {
    Column language = coalesce(col("lang"), lit(NO_LANGUAGE));
    if (!stratum.equals(OTHER)) {
      return rows.where(language.equalTo(stratum));
    }
    Object[] others =
        languages().entrySet().stream()
            .filter(entry -> !hasPool(entry.getKey(), entry.getValue()))
            .map(Map.Entry::getKey)
            .toArray();
    return rows.where(language.isin(others));
  }

  private boolean hasPool(String language, long rows) {
    return rows >= config.minStratum() && Workspace.isName(language);
  }

  /** Rows by language over all origins. */
  private Map<String, Long> languages() {
    Map<String, Long> sum = new TreeMap<>();
    languagesOf.values().forEach(here -> here.forEach((lang, n) -> sum.merge(lang, n, Long::sum)));
    return sum;
  }

  /** Rows by origin and stratum. */
  private Map<Origin, Map<String, Long>> byLanguage() {
    if (byLanguage != null) {
      return byLanguage;
    }
    for (Origin origin : stage.origins()) {
      Map<String, Long> here = new TreeMap<>();
      stage
          .rows(origin)
          .groupBy(coalesce(col("lang"), lit(NO_LANGUAGE)))
          .count()
          .collectAsList()
          .forEach(row -> here.put(row.getString(0), row.getLong(1)));
      languagesOf.put(origin, here);
    }
    Map<String, Long> sum = languages();
    Map<Origin, Map<String, Long>> strata = new EnumMap<>(Origin.class);
    languagesOf.forEach(
        (origin, here) -> {
          Map<String, Long> own = new TreeMap<>();
          here.forEach(
              (language, rows) ->
                  own.merge(
                      hasPool(language, sum.getOrDefault(language, 0L)) ? language : OTHER,
                      rows,
                      Long::sum));
          strata.put(origin, own);
        });
    byLanguage = strata;
    return strata;
  }

  private static List<Row> rankSlice(
      List<Row> slice,
      FilterConfig config,
      double fullShare,
      TextEncoder encoder,
      ConsistencyFilter filter,
      Work work) {
    long start = System.nanoTime();
    List<String> queries = slice.stream().map(row -> row.getString(2)).toList();
    List<String> passages = slice.stream().map(row -> row.getString(3)).toList();
    long[] keys = new long[2 * slice.size()];
    for (int i = 0; i < slice.size(); i++) {
      TextKey key = TextKey.of(passages.get(i));
      keys[2 * i] = key.high();
      keys[2 * i + 1] = key.low();
    }
    Embeddings of = encoder.encode(Role.QUERY, queries);
    float[] own = new float[of.values().length];
    int encodedPassages = encodeOwn(passages, keys, encoder, filter.pool(), own);
    long encoded = System.nanoTime();
    work.encoded((int) queries.stream().distinct().count() + encodedPassages, encoded - start);
    double before = filter.productsComputed();
    Ranks ranks = filter.count(of.values(), own, keys, config.rankUpTo());
    work.ranked(
        slice.size(), System.nanoTime() - encoded, (long) (filter.productsComputed() - before));
    @Nullable Integer[] inAll = new Integer[slice.size()];
    int[] sample =
        IntStream.range(0, slice.size())
            .filter(i -> isSampled(slice.get(i).getString(1), config.seed(), fullShare))
            .toArray();
    if (sample.length > 0) {
      int d = of.dimensions();
      float[] sampledQueries = new float[sample.length * d];
      float[] sampledOwn = new float[sample.length * d];
      long[] sampledKeys = new long[2 * sample.length];
      for (int i = 0; i < sample.length; i++) {
        System.arraycopy(of.values(), sample[i] * d, sampledQueries, i * d, d);
        System.arraycopy(own, sample[i] * d, sampledOwn, i * d, d);
        System.arraycopy(keys, 2 * sample[i], sampledKeys, 2 * i, 2);
      }
      int[] full =
          filter.count(sampledQueries, sampledOwn, sampledKeys, Integer.MAX_VALUE).outranked();
      for (int i = 0; i < sample.length; i++) {
        inAll[sample[i]] = full[i] < 0 ? null : full[i];
      }
    }
    List<Row> rows = new ArrayList<>(slice.size());
    for (int i = 0; i < slice.size(); i++) {
      rows.add(
          RowFactory.create(
              slice.get(i).getString(1), ranks.outranked()[i], ranks.cosines()[i], inAll[i]));
    }
    return rows;
  }

  /**
   * The vectors of pairs' own passages: of texts that the pool holds, its own; of others, encoded.
   *
   * @param own gets them
   * @return distinct texts that were encoded
   */
  private static int encodeOwn(
      List<String> passages, long[] keys, TextEncoder encoder, Pool pool, float[] own) {
    int d = pool.dimensions();
    List<String> missing = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < passages.size(); i++) {
      if (!pool.copyVector(keys[2 * i], keys[2 * i + 1], own, i * d)) {
        missing.add(passages.get(i));
        rows.add(i);
      }
    }
    Embeddings encoded = encoder.encode(Role.PASSAGE, missing);
    for (int i = 0; i < missing.size(); i++) {
      System.arraycopy(encoded.values(), i * d, own, rows.get(i) * d, d);
    }
    return (int) missing.stream().distinct().count();
  }

  /** Whether a pair is in the sample of full ranks: by a draw of its own. */
  private static boolean isSampled(String pairId, long seed, double share) {
    return (PairId.draw(pairId, PairId.mix(seed)) >>> 11) * 0x1p-53 < share;
  }

  static void save(Dataset<Row> rows, Path to) {
    rows.write().mode(SaveMode.Overwrite).option("compression", "zstd").parquet(to.toString());
  }
}
