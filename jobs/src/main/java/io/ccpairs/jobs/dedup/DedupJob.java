package io.ccpairs.jobs.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.ccpairs.core.dedup.MinHash;
import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.text.Folding;
import io.ccpairs.jobs.spark.JudgedRows;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.spark.TallyAccumulator;
import io.ccpairs.jobs.workspace.Draft;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Of equal and almost equal pairs one stays: the one with the smallest id. First by the folded text
 * of the pair, then by that of the passage across queries, then by shared shingles; each step looks
 * only at what the one before left.
 *
 * <p>Texts cross the cluster once, for the candidates of the last step alone; what the other steps
 * shuffle are ids and hashes, about 200 bytes a pair.
 */
public final class DedupJob {
  /** The table that this job writes. */
  public static final String TABLE = "unique";

  /** The dimension in which groups of near-duplicates are counted by their size. */
  public static final String CLUSTERS = "clusters";

  /** The dimension in which the search for near-duplicates is accounted for. */
  public static final String SEARCH = "near-search";

  /** Goes up when the same rows and settings give other rows. */
  private static final int VERSION = 1;

  private static final String LOSERS = "losers";
  private static final StorageLevel DISK = StorageLevel.DISK_ONLY();

  /** In place of a verdict: of the rows of this id one stays. */
  private static final String REPEATED = "repeated";

  private final SparkSession spark;
  private final DedupConfig config;

  /** A job in a session. */
  public DedupJob(SparkSession spark, DedupConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /**
   * Makes of a run a run of {@link #TABLE}.
   *
   * @param name the run's name; null for its fingerprint
   * @param settings the effective settings by key, for fingerprint and manifest
   */
  public Stage.Result run(
      PublishedRun input,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    TableStage stage = new TableStage(spark, workspace, input);
    SortedMap<String, String> shaping = new TreeMap<>(settings);
    shaping.keySet().removeAll(List.of("dedup.partitions", "dedup.driver-edges"));
    return stage.run(
        stage.order(TABLE, "dedup", VERSION, name, List.of(), shaping),
        onExisting,
        (origin, draft, writer) -> {
          Losers losers = losers(stage, draft);
          TallyAccumulator tallies =
              JudgedRows.tallies(
                  spark, "dedup " + origin.word(), config.droppedSample(), config.seed());
          if (origin.equals(stage.origins().get(0))) {
            // Groups may reach over origins; what is true of all is told with the first.
            losers.tell(tallies, origin);
          }
          return writer.write(
              origin,
              config.dropped(),
              JudgedRows.of(
                  withVerdicts(stage.rows(origin), losers.rows()),
                  origin,
                  () ->
                      (pair, row, tally) ->
                          JudgedRows.judged(pair, Verdict.valueOf(row.getAs("verdict"))),
                  config.dropped(),
                  tallies),
              tallies);
        });
  }

  /**
   * Who does not stay.
   *
   * @param rows (id, verdict), distinct ids; the verdict {@link #REPEATED} for ids of which one row
   *     stays
   */
  private record Losers(Dataset<Row> rows, SortedMap<String, Long> told) {
    void tell(TallyAccumulator tallies, Origin origin) {
      told.forEach(
          (key, rows) -> {
            int slash = key.indexOf('/');
            tallies
                .value()
                .statistics()
                .count(origin, key.substring(0, slash), key.substring(slash + 1), rows);
          });
    }
  }

  /** Finds the losers once for all origins, and keeps them for the pieces and for a resumed run. */
  private Losers losers(TableStage stage, Draft draft) throws IOException {
    Path place = draft.scratch(LOSERS);
    Path counts = draft.scratch("counts");
    if (!draft.files().exists(new Path(counts, "_SUCCESS"))) {
      SortedMap<String, Long> told =
          find(texts(stage), draft.scratch("marked"), draft.scratch("links"), place);
      save(
          spark.createDataFrame(
              told.entrySet().stream()
                  .map(entry -> RowFactory.create(entry.getKey(), entry.getValue()))
                  .toList(),
              new StructType().add("key", DataTypes.StringType).add("rows", DataTypes.LongType)),
          counts);
    }
    SortedMap<String, Long> told = new TreeMap<>();
    spark
        .read()
        .parquet(counts.toString())
        .collectAsList()
        .forEach(row -> told.put(row.getString(0), row.getLong(1)));
    return new Losers(spark.read().parquet(place.toString()), told);
  }

  private SortedMap<String, Long> find(Dataset<Row> texts, Path marks, Path links, Path place)
      throws IOException {
    SortedMap<String, Long> told = new TreeMap<>();
    spark.sparkContext().setJobDescription("dedup: equal texts");
    // Read several times below, a few columns at a time.
    save(marked(keyed(texts)), marks);
    Dataset<Row> marked = spark.read().schema(markedSchema()).parquet(marks.toString());
    Dataset<Row> near = empty();
    List<Dataset<Row>> held = new ArrayList<>();
    if (config.near() != DedupConfig.Near.OFF) {
      spark.sparkContext().setJobDescription("dedup: near-duplicates");
      near = near(texts, marked.where(col("mark").equalTo(EqualTexts.FIRST)), links, told, held);
    }
    Dataset<Row> out =
        verdict(ids(marked, EqualTexts.SAME_PAIR), Verdict.DUPLICATE)
            .union(verdict(ids(marked, EqualTexts.SAME_TEXT), Verdict.DUPLICATE_PASSAGE))
            .union(verdict(near, Verdict.NEAR_DUPLICATE));
    save(
        out.union(
            ids(marked, EqualTexts.REPEATED)
                .distinct()
                .join(out.select("id"), new String[] {"id"}, "left_anti")
                .withColumn("verdict", lit(REPEATED))),
        place);
    held.forEach(Dataset::unpersist);
    return told;
  }

  /** The ids that are not the first of their group of near-duplicates; counts what was done. */
  private Dataset<Row> near(
      Dataset<Row> texts,
      Dataset<Row> left,
      Path links,
      SortedMap<String, Long> told,
      List<Dataset<Row>> held)
      throws IOException {
    NearPairs.Found search =
        new NearPairs(spark, config, held).find(left, texts.withColumnRenamed("pair_id", "id"));
    Dataset<Row> edges = hold(search.edges(), held);
    long found = edges.count();
    Dataset<Row> groups =
        found <= config.driverEdges()
            ? ConnectedGroups.onDriver(spark, edges)
            : ConnectedGroups.onCluster(edges, links, ConnectedGroups.MAX_ROUNDS);
    hold(groups, held);
    groups
        .groupBy("first")
        .count()
        .groupBy(col("count").as("size"))
        .count()
        .collectAsList()
        .forEach(row -> told.put(CLUSTERS + "/" + row.getLong(0), row.getLong(1)));
    told.put(SEARCH + "/near-duplicate pairs found", found);
    told.put(SEARCH + "/meetings in crowded bands not held", search.unheld());
    return groups.where(col("id").notEqual(col("first"))).select("id");
  }

  /** The hashes of every row, as (high, low, query, id, bands). */
  private Dataset<Row> keyed(Dataset<Row> texts) {
    DedupConfig settings = config;
    StructType schema =
        new StructType()
            .add("high", DataTypes.LongType)
            .add("low", DataTypes.LongType)
            .add("query", DataTypes.LongType)
            .add("id", DataTypes.StringType);
    return InternalRows.map(
        spark,
        texts,
        withBands(schema),
        rows -> {
          MinHash minHash = new MinHash(settings.bands(), settings.rows(), settings.seed());
          return map(rows, row -> keys(row, settings, minHash));
        });
  }

  private static Row keys(InternalRow row, DedupConfig config, MinHash minHash) {
    String query = Folding.fold(row.getUTF8String(1).toString());
    String passage = Folding.fold(row.getUTF8String(2).toString());
    TextKey sought = config.passages() ? TextKey.of(passage) : TextKey.of(query, passage);
    int bands = bandColumns(config);
    Object[] values = new Object[4 + bands];
    values[0] = sought.high();
    values[1] = sought.low();
    values[2] = TextKey.of(query).high();
    values[3] = row.getUTF8String(0).toString();
    if (bands > 0) {
      long[] found =
          NearPairs.bands(NearPairs.text(config.near(), query, passage), config, minHash);
      for (int band = 0; band < found.length; band++) {
        values[4 + band] = found[band];
      }
    }
    return RowFactory.create(values);
  }

  private static int bandColumns(DedupConfig config) {
    boolean banded =
        config.near() != DedupConfig.Near.OFF && config.engine() == DedupConfig.Engine.BANDS;
    return banded ? config.bands() : 0;
  }

  /** A column for each band, of which a text without words has none. */
  private StructType withBands(StructType schema) {
    StructType all = schema;
    for (String band : NearPairs.columns(bandColumns(config))) {
      all = all.add(band, DataTypes.LongType);
    }
    return all;
  }

  private StructType markedSchema() {
    return withBands(
        new StructType().add("id", DataTypes.StringType).add("mark", DataTypes.StringType));
  }

  /** (pair_id, query, passage) of every row. */
  private Dataset<Row> texts(TableStage stage) {
    return stage.origins().stream()
        .map(stage::rows)
        .reduce(Dataset::union)
        .orElseGet(() -> spark.createDataFrame(List.of(), PairRows.SCHEMA))
        .select("pair_id", "query", "passage");
  }

  /** Rows of (id, mark, bands). */
  private Dataset<Row> marked(Dataset<Row> keyed) {
    int bands = bandColumns(config);
    return InternalRows.map(
        spark,
        repartition(keyed, config.partitions(), col("high"), col("low"))
            .sortWithinPartitions("high", "low", "query", "id"),
        markedSchema(),
        rows -> new EqualTexts(rows, bands));
  }

  /**
   * Each row with its verdict; of rows that share an id the first in the order of all columns
   * stays.
   */
  private Dataset<Row> withVerdicts(Dataset<Row> rows, Dataset<Row> losers) {
    Dataset<Row> joined =
        rows.join(
            losers.select(col("id").as("pair_id"), col("verdict")),
            new String[] {"pair_id"},
            "left");
    Column repeats = col("verdict").equalTo(REPEATED);
    Dataset<Row> once =
        joined
            .where(col("verdict").isNull().or(not(repeats)))
            .na()
            .fill(Verdict.KEEP.name(), new String[] {"verdict"});
    Column[] order =
        Arrays.stream(PairRows.SCHEMA.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> several =
        spark.createDataFrame(
            repartition(joined.where(repeats), config.partitions(), col("pair_id"))
                .sortWithinPartitions(order)
                .toJavaRDD()
                .mapPartitions(RepeatedRows::new),
            joined.schema());
    return once.select(joinedOrder(joined)).union(several);
  }

  private static Column[] joinedOrder(Dataset<Row> joined) {
    return Arrays.stream(joined.columns()).map(name -> col(name)).toArray(Column[]::new);
  }

  private static Dataset<Row> ids(Dataset<Row> marked, String mark) {
    return marked.where(col("mark").equalTo(mark)).select("id");
  }

  private static Dataset<Row> verdict(Dataset<Row> ids, Verdict verdict) {
    return ids.select(col("id"), lit(verdict.name()).as("verdict"));
  }

  private Dataset<Row> empty() {
    return spark.createDataFrame(List.of(), new StructType().add("id", DataTypes.StringType));
  }

  static Dataset<Row> repartition(Dataset<Row> rows, int partitions, Column... by) {
    return partitions > 0 ? rows.repartition(partitions, by) : rows.repartition(by);
  }

  /** Keeps rows on the executors' disks until the search is over. */
  static Dataset<Row> hold(Dataset<Row> rows, List<Dataset<Row>> held) {
    held.add(rows);
    return rows.persist(DISK);
  }

  static void save(Dataset<Row> rows, Path to) {
    rows.write().mode(SaveMode.Overwrite).option("compression", "zstd").parquet(to.toString());
  }

  private static Iterator<Row> map(Iterator<InternalRow> rows, Function<InternalRow, Row> each) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        return each.apply(rows.next());
      }
    };
  }
}
