package io.ccpairs.jobs.filter;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;

import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.PoolBuilder;
import io.ccpairs.core.rank.PoolFile;
import io.ccpairs.jobs.encode.GpuProfile;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.encode.SharedEncoder;
import io.ccpairs.jobs.encode.Slices;
import io.ccpairs.jobs.workspace.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
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
 * text once, encoded on the executors piece by piece and put into files that every process maps.
 */
public final class PoolMaker {
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

  private final SparkSession spark;
  private final FilterConfig config;
  private final String model;
  private final GpuProfile profile;
  private final Work work;

  /** A maker on its own, for pools that belong to no run. */
  public PoolMaker(SparkSession spark, FilterConfig config, String model) {
    this(
        spark,
        config,
        model,
        GpuProfile.of(spark.sparkContext(), config.tasksPerGpu()),
        new Work(spark.sparkContext()));
  }

  PoolMaker(SparkSession spark, FilterConfig config, String model, GpuProfile profile, Work work) {
    this.spark = spark;
    this.config = config;
    this.model = model;
    this.profile = profile;
    this.work = work;
  }

  /**
   * Makes the pool, unless it is there.
   *
   * @param passages rows of the stratum's texts, the first column
   * @param folder where the pool goes; what is kept for a restart goes beside it
   * @param manifest where the pool is described
   * @return what differs for another pool in this folder
   */
  public String make(String stratum, Dataset<Row> passages, Path folder, Path manifest)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    FileSystem files = folder.getFileSystem(hadoop);
    Path last = new Path(folder, PoolFile.FILES.get(PoolFile.FILES.size() - 1));
    if (!files.exists(last) || !files.exists(manifest)) {
      Dataset<Row> vectors = encoded(stratum, chosen(stratum, passages, folder), folder);
      files.delete(folder, true);
      build(stratum, vectors, folder, manifest);
    }
    return SharedPools.stamp(folder.toString(), hadoop);
  }

  private void build(String stratum, Dataset<Row> vectors, Path folder, Path manifest)
      throws IOException {
    java.nio.file.Path local = Files.createTempDirectory("ccpairs-pool");
    try {
      build(stratum, vectors, local, folder, manifest);
    } finally {
      LocalFiles.delete(local);
    }
  }

  private void build(
      String stratum, Dataset<Row> vectors, java.nio.file.Path local, Path folder, Path manifest)
      throws IOException {
    spark.sparkContext().setJobDescription("filter: build the pool of " + stratum);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    FileSystem files = folder.getFileSystem(hadoop);
    int dimensions = SharedEncoder.of(model, config.maxTokens(), hadoop).dimensions();
    long keySum = 0;
    int withoutVector = 0;
    int held;
    try (PoolBuilder builder = new PoolBuilder(local, dimensions)) {
      Iterator<Row> rows = vectors.toLocalIterator();
      float[] vector = new float[dimensions];
      while (rows.hasNext()) {
        Row row = rows.next();
        ByteBuffer.wrap(row.getAs(2)).asFloatBuffer().get(vector);
        if (builder.add(row.getLong(0), row.getLong(1), vector, 0)) {
          keySum += row.getLong(0);
        } else {
          withoutVector++;
        }
      }
      held = builder.passages();
      builder.finish();
    }
    Json.write(
        files,
        manifest,
        new PoolManifest(
            stratum,
            config.poolSize(),
            held,
            withoutVector,
            config.seed(),
            config.maxTokens(),
            dimensions,
            String.format("%016x", keySum),
            modelFiles()));
    files.mkdirs(folder);
    for (String name : PoolFile.FILES) {
      files.copyFromLocalFile(
          true, true, new Path(local.resolve(name).toUri()), new Path(folder, name));
    }
  }

  /** The passages of the pool: each text once. Kept beside the pool: a restart draws no more. */
  private Dataset<Row> chosen(String stratum, Dataset<Row> passages, Path folder)
      throws IOException {
    Path place = beside(folder, "texts");
    if (!isDone(place)) {
      spark.sparkContext().setJobDescription("filter: draw the pool of " + stratum);
      long seed = config.seed();
      Dataset<Row> keyed =
          spark.createDataFrame(
              passages
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
      Dataset<Row> smallest =
          keyed
              .select("draw", "high", "low")
              .distinct()
              .orderBy("draw", "high", "low")
              .limit(config.poolSize());
      Ranking.save(
          keyed
              .join(smallest, new String[] {"draw", "high", "low"}, "left_semi")
              .dropDuplicates("high", "low"),
          place);
    }
    return spark.read().schema(KEYED).parquet(place.toString());
  }

  /** Vectors by key, made piece by piece. Texts that are encoded together have draws in common. */
  private Dataset<Row> encoded(String stratum, Dataset<Row> chosen, Path folder)
      throws IOException {
    long rows = chosen.count();
    long slices = Slices.number(rows, SLICE);
    long pieces = Math.max(1, (rows + config.piecePairs() - 1) / config.piecePairs());
    Path place = beside(folder, "vectors");
    List<String> done = new ArrayList<>();
    for (long piece = 0; piece < pieces; piece++) {
      Path part = new Path(place, "piece-" + piece + "-of-" + pieces);
      if (!isDone(part)) {
        spark
            .sparkContext()
            .setJobDescription(
                "filter: encode the pool of "
                    + stratum
                    + ", piece "
                    + (piece + 1)
                    + " of "
                    + pieces);
        Dataset<Row> sliced =
            chosen
                .withColumn("slice", pmod(col("draw"), lit(slices)))
                .where(pmod(col("slice"), lit(pieces)).equalTo(piece));
        Ranking.save(vectors(sliced, (int) Math.min(slices, partitions())), part);
      }
      done.add(part.toString());
    }
    return spark.read().schema(ENCODED).parquet(done.toArray(String[]::new)).orderBy("high", "low");
  }

  private Dataset<Row> vectors(Dataset<Row> sliced, int partitions) {
    String folder = model;
    int maxTokens = config.maxTokens();
    Work counted = work;
    Broadcast<SerializableConfiguration> hadoop =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    return spark.createDataFrame(
        profile.apply(
            sliced
                .repartition(partitions, col("slice"))
                .sortWithinPartitions("slice", "high", "low")
                .select("slice", "high", "low", "passage")
                .toJavaRDD()
                .mapPartitions(
                    rows ->
                        Slices.of(
                            rows,
                            0,
                            2 * SLICE,
                            slice -> {
                              TextEncoder encoder =
                                  SharedEncoder.of(folder, maxTokens, hadoop.value().value());
                              long start = System.nanoTime();
                              List<Row> encoded = vectors(encoder, slice);
                              counted.encoded(slice.size(), System.nanoTime() - start);
                              return encoded;
                            }))),
        ENCODED);
  }

  private int partitions() {
    return Integer.parseInt(spark.conf().get("spark.sql.shuffle.partitions"));
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

  private List<PoolManifest.ModelFile> modelFiles() throws IOException {
    Path folder = new Path(model);
    FileSystem files = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
    TreeMap<String, PoolManifest.ModelFile> found = new TreeMap<>();
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (status.isFile() && (name.endsWith(".safetensors") || name.endsWith(".json"))) {
        found.put(
            name,
            new PoolManifest.ModelFile(name, status.getLen(), sha256(files, status.getPath())));
      }
    }
    return List.copyOf(found.values());
  }

  private static String sha256(FileSystem files, Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] block = new byte[1 << 16];
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        sha.update(block, 0, read);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private boolean isDone(Path place) throws IOException {
    return place
        .getFileSystem(spark.sparkContext().hadoopConfiguration())
        .exists(new Path(place, "_SUCCESS"));
  }

  private static Path beside(Path folder, String what) {
    return new Path(folder.getParent(), folder.getName() + "-" + what);
  }
}
