package io.ccpairs.jobs.filter;

import static org.apache.spark.sql.functions.col;

import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.ConsistencyFilter;
import io.ccpairs.core.rank.Pool;
import io.ccpairs.core.rank.PoolBuilder;
import io.ccpairs.core.rank.PoolFile;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.encode.SharedEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Makes the pool of a stratum: the passages with the smallest seeded hashes of their texts, each
 * text once, encoded on the executors and put into files that every process maps.
 */
final class PoolStore {
  private static final StructType KEYED =
      new StructType()
          .add("draw", DataTypes.LongType)
          .add("high", DataTypes.LongType)
          .add("low", DataTypes.LongType)
          .add("passage", DataTypes.StringType);
  private static final StructType ENCODED =
      new StructType()
          .add("high", DataTypes.LongType)
          .add("low", DataTypes.LongType)
          .add("vector", DataTypes.BinaryType);

  /** Pool texts that are encoded together, whatever the partitions. */
  private static final int SLICE = 4_096;

  private static final Map<String, ConsistencyFilter> OPEN = new ConcurrentHashMap<>();

  private final SparkSession spark;
  private final FilterConfig config;
  private final String model;

  PoolStore(SparkSession spark, FilterConfig config, String model) {
    this.spark = spark;
    this.config = config;
    this.model = model;
  }

  /** The filter over a pool in this process, which is mapped when first asked for. */
  static ConsistencyFilter open(String folder, Configuration configuration) {
    return OPEN.computeIfAbsent(
        folder,
        absent -> {
          try {
            return new ConsistencyFilter(Pool.open(LocalFiles.of(folder, configuration)));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * Makes the pool in a folder, unless it is there.
   *
   * @param pairs rows of the stratum
   */
  void make(Dataset<Row> pairs, Path folder) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    FileSystem files = folder.getFileSystem(hadoop);
    String last = PoolFile.FILES.get(PoolFile.FILES.size() - 1);
    if (files.exists(new Path(folder, last))) {
      return;
    }
    spark.sparkContext().setJobDescription("filter: draw and encode the pool");
    Dataset<Row> encoded = encoded(chosen(pairs));
    java.nio.file.Path local = Files.createTempDirectory("ccpairs-pool");
    int dimensions = SharedEncoder.of(model, config.maxTokens(), hadoop).dimensions();
    try (PoolBuilder builder = new PoolBuilder(local, dimensions)) {
      Iterator<Row> rows = encoded.toLocalIterator();
      float[] vector = new float[dimensions];
      while (rows.hasNext()) {
        Row row = rows.next();
        ByteBuffer.wrap(row.getAs(2)).asFloatBuffer().get(vector);
        builder.add(row.getLong(0), row.getLong(1), vector, 0);
      }
      builder.finish();
    }
    files.mkdirs(folder);
    for (String name : PoolFile.FILES) {
      files.copyFromLocalFile(
          true, true, new Path(local.resolve(name).toUri()), new Path(folder, name));
    }
    Files.delete(local);
  }

  /** The passages of the pool: each text once, in the order of their draws. */
  private Dataset<Row> chosen(Dataset<Row> pairs) {
    long seed = config.seed();
    Dataset<Row> keyed =
        spark.createDataFrame(
            pairs
                .select("passage")
                .toJavaRDD()
                .map(
                    row -> {
                      TextKey key = TextKey.of(row.getString(0));
                      return RowFactory.create(
                          PairId.mix(key.high() ^ PairId.mix(seed)),
                          key.high(),
                          key.low(),
                          row.getString(0));
                    }),
            KEYED);
    Dataset<Row> chosen =
        keyed
            .select("draw", "high", "low")
            .distinct()
            .orderBy("draw", "high", "low")
            .limit(config.poolSize());
    return keyed
        .join(chosen, new String[] {"draw", "high", "low"}, "left_semi")
        .dropDuplicates("high", "low");
  }

  /** Vectors by key. Which texts are encoded together depends on their draws alone. */
  private Dataset<Row> encoded(Dataset<Row> chosen) {
    long slices = Math.max(1, config.poolSize() / SLICE);
    String folder = model;
    int maxTokens = config.maxTokens();
    Broadcast<SerializableConfiguration> hadoop =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    Dataset<Row> sliced =
        chosen.withColumn(
            "slice",
            org.apache.spark.sql.functions.pmod(
                col("draw"), org.apache.spark.sql.functions.lit(slices)));
    return spark
        .createDataFrame(
            sliced
                .repartition(col("slice"))
                .sortWithinPartitions("slice", "high", "low")
                .select("slice", "high", "low", "passage")
                .toJavaRDD()
                .mapPartitions(
                    rows ->
                        Slices.of(
                            rows,
                            0,
                            Integer.MAX_VALUE,
                            slice -> {
                              TextEncoder encoder =
                                  SharedEncoder.of(folder, maxTokens, hadoop.value().value());
                              return vectors(encoder, slice);
                            })),
            ENCODED)
        .orderBy("high", "low");
  }

  private static List<Row> vectors(TextEncoder encoder, List<Row> slice) {
    List<String> texts = slice.stream().map(row -> row.getString(3)).toList();
    Embeddings vectors = encoder.encode(Role.PASSAGE, texts);
    List<Row> rows = new ArrayList<>(slice.size());
    for (int i = 0; i < slice.size(); i++) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * vectors.dimensions());
      bytes.asFloatBuffer().put(vectors.row(i));
      rows.add(RowFactory.create(slice.get(i).getLong(1), slice.get(i).getLong(2), bytes.array()));
    }
    return rows;
  }
}
