package io.ccpairs.jobs.dedup;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.sum;

import io.ccpairs.core.dedup.MinHash;
import io.ccpairs.core.dedup.Shingles;
import io.ccpairs.core.text.Folding;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.feature.MinHashLSH;
import org.apache.spark.ml.feature.MinHashLSHModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds the pairs of texts that share at least {@code min-jaccard} of their shingles: candidates by
 * bands or by MLlib, each then compared exactly.
 */
final class NearPairs {
  private static final StructType MEETINGS =
      new StructType()
          .add("a", DataTypes.StringType)
          .add("b", DataTypes.StringType)
          .add("unheld", DataTypes.LongType);
  private static final StructType SHINGLED =
      new StructType().add("id", DataTypes.StringType).add("shingles", DataTypes.BinaryType);

  /** MLlib's hash functions are modulo this prime, and so are its indices. */
  private static final int MLLIB_PRIME = 2_038_074_743;

  private final SparkSession spark;
  private final DedupConfig config;
  private final List<Dataset<Row>> held;

  /**
   * A search.
   *
   * @param held gets what is kept on disk until the caller is done with what was found
   */
  NearPairs(SparkSession spark, DedupConfig config, List<Dataset<Row>> held) {
    this.spark = spark;
    this.config = config;
    this.held = held;
  }

  /**
   * What was found.
   *
   * @param edges (a, b) with a before b
   * @param unheld meetings that crowded bands did not hold
   */
  record Found(Dataset<Row> edges, long unheld) {}

  /** The text in which a pair is compared. */
  static String text(DedupConfig.Near near, String foldedQuery, String foldedPassage) {
    return near == DedupConfig.Near.PASSAGE || foldedQuery.isEmpty()
        ? foldedPassage
        : foldedQuery + ' ' + foldedPassage;
  }

  /**
   * The near-duplicates among texts.
   *
   * @param banded (id, a column for each band), distinct ids: the texts to compare
   * @param texts (id, query, passage) of at least these
   */
  Found find(Dataset<Row> banded, Dataset<Row> texts) {
    return config.engine() == DedupConfig.Engine.MLLIB
        ? byMllib(banded, texts)
        : byBands(banded, texts);
  }

  private Found byBands(Dataset<Row> banded, Dataset<Row> texts) {
    int reach = config.bandReach();
    Column[] bands = columns(config.bands()).stream().map(functions::col).toArray(Column[]::new);
    Dataset<Row> inBands =
        banded.select(explode(array(bands)).as("band"), col("id")).where(col("band").isNotNull());
    Dataset<Row> meetings =
        DedupJob.hold(
            InternalRows.map(
                spark,
                DedupJob.repartition(inBands, config.partitions(), col("band"))
                    .sortWithinPartitions("band", "id"),
                MEETINGS,
                rows -> new BandMeetings(rows, reach)),
            held);
    Dataset<Row> candidates = meetings.where(col("a").isNotNull()).select("a", "b").distinct();
    long unheld = meetings.where(col("a").isNull()).agg(sum("unheld")).head().getLong(0);
    Dataset<Row> met =
        candidates.select(col("a").as("id")).union(candidates.select(col("b"))).distinct();
    Dataset<Row> shingled = shingled(texts.join(met, "id").dropDuplicates("id"));
    double least = config.minJaccard();
    Dataset<Row> edges =
        candidates
            .join(shingled.select(col("id").as("a"), col("shingles").as("of_a")), "a")
            .join(shingled.select(col("id").as("b"), col("shingles").as("of_b")), "b")
            .select("a", "b", "of_a", "of_b")
            .filter(
                (org.apache.spark.api.java.function.FilterFunction<Row>)
                    row ->
                        Shingles.jaccard(Hashes.of(row.getAs(2)), Hashes.of(row.getAs(3))) >= least)
            .select("a", "b");
    return new Found(edges, unheld);
  }

  private Found byMllib(Dataset<Row> banded, Dataset<Row> texts) {
    int words = config.shingleWords();
    DedupConfig.Near near = config.near();
    StructType vectors =
        new StructType().add("id", DataTypes.StringType).add("features", SQLDataTypes.VectorType());
    Dataset<Row> features =
        spark.createDataFrame(
            texts
                .join(banded.select("id"), "id")
                .dropDuplicates("id")
                .select("id", "query", "passage")
                .toJavaRDD()
                .map(
                    row -> {
                      int[] indices =
                          Arrays.stream(shingles(row, near, words))
                              .mapToInt(hash -> (int) Long.remainderUnsigned(hash, MLLIB_PRIME))
                              .sorted()
                              .distinct()
                              .toArray();
                      double[] ones = new double[indices.length];
                      Arrays.fill(ones, 1);
                      return RowFactory.create(
                          row.getString(0), Vectors.sparse(MLLIB_PRIME, indices, ones));
                    }),
            vectors);
    MinHashLSHModel model =
        new MinHashLSH()
            .setNumHashTables(config.bands())
            .setInputCol("features")
            .setOutputCol("hashes")
            .setSeed(config.seed())
            .fit(features);
    return new Found(
        model
            .approxSimilarityJoin(features, features, 1 - config.minJaccard() + 1e-9, "distance")
            .select(col("datasetA.id").as("a"), col("datasetB.id").as("b"))
            .where(col("a").lt(col("b"))),
        0);
  }

  /** The names of the columns of bands. */
  static List<String> columns(int bands) {
    return IntStream.range(0, bands).mapToObj(band -> "band" + band).toList();
  }

  /** The bands of a folded text; none for an empty one. */
  static long[] bands(String folded, DedupConfig config, MinHash minHash) {
    long[] shingles = Shingles.of(folded, config.shingleWords());
    return shingles.length == 0 ? shingles : minHash.bands(shingles);
  }

  private Dataset<Row> shingled(Dataset<Row> texts) {
    int words = config.shingleWords();
    DedupConfig.Near near = config.near();
    return spark.createDataFrame(
        texts
            .select("id", "query", "passage")
            .toJavaRDD()
            .map(
                row ->
                    RowFactory.create(row.getString(0), Hashes.bytes(shingles(row, near, words)))),
        SHINGLED);
  }

  private static long[] shingles(Row row, DedupConfig.Near near, int words) {
    return Shingles.of(
        text(near, Folding.fold(row.getString(1)), Folding.fold(row.getString(2))), words);
  }
}
