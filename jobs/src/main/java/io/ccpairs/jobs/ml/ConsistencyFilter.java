package io.ccpairs.jobs.ml;

import io.ccpairs.jobs.filter.FilterConfig;
import io.ccpairs.jobs.filter.PoolMaker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The consistency filter (E5, section 3) as an estimator: fitting draws and encodes the pool of
 * random passages; the model ranks each pair's passage for its query against the pool and leaves
 * out the pairs beyond rank k.
 *
 * <pre>{@code
 * new ConsistencyFilter().setModelPath("models/first").setPoolPath("hdfs:///pools/first").fit(pairs).transform(pairs)
 * }</pre>
 *
 * <p>The definition stands at {@link io.ccpairs.core.rank.ConsistencyFilter}. The command {@code
 * filter} does the same for tables, with accounting and restart.
 */
public final class ConsistencyFilter extends Estimator<ConsistencyFilterModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final FilterParams own;

  /** A stage with a name of its own. */
  public ConsistencyFilter() {
    this("consistencyFilter_" + UUID.randomUUID().toString().substring(24));
  }

  /** A stage of this name. */
  public ConsistencyFilter(String uid) {
    this.uid = uid;
    this.own = new FilterParams(this);
    FilterConfig defaults = FilterConfig.defaults();
    setDefault(own.queryCol, "query");
    setDefault(own.passageCol, "passage");
    setDefault(own.rankCol, "rank");
    setDefault(own.cosineCol, "cosine");
    setDefault(own.consistentCol, "consistent");
    setDefault(own.k, defaults.k());
    setDefault(own.rankUpTo, defaults.rankUpTo());
    setDefault(own.poolSize, defaults.poolSize());
    setDefault(own.maxTokens, defaults.maxTokens());
    setDefault(own.batchSize, defaults.batchPairs());
    setDefault(own.seed, defaults.seed());
    setDefault(own.dropInconsistent, true);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    return own.all();
  }

  /** Sets the column of queries; default {@code query}. */
  public ConsistencyFilter setQueryCol(String column) {
    set(own.queryCol, column);
    return this;
  }

  /** Sets the column of passages; default {@code passage}. */
  public ConsistencyFilter setPassageCol(String column) {
    set(own.passageCol, column);
    return this;
  }

  /** Sets the column that ranks go to; default {@code rank}. */
  public ConsistencyFilter setRankCol(String column) {
    set(own.rankCol, column);
    return this;
  }

  /** Sets the column that cosines go to; default {@code cosine}. */
  public ConsistencyFilter setCosineCol(String column) {
    set(own.cosineCol, column);
    return this;
  }

  /** Sets the column that says whether a pair is consistent; default {@code consistent}. */
  public ConsistencyFilter setConsistentCol(String column) {
    set(own.consistentCol, column);
    return this;
  }

  /** Sets the model's folder, on any file system. */
  public ConsistencyFilter setModelPath(String folder) {
    set(own.modelPath, folder);
    return this;
  }

  /** Sets where the pool is kept: a folder that all executors see. */
  public ConsistencyFilter setPoolPath(String folder) {
    set(own.poolPath, folder);
    return this;
  }

  /** Sets k; default 2, E5's. */
  public ConsistencyFilter setK(int k) {
    set(own.k, k);
    return this;
  }

  /** Sets up to where ranks are counted; default 10. */
  public ConsistencyFilter setRankUpTo(int rank) {
    set(own.rankUpTo, rank);
    return this;
  }

  /** Sets the passages of the pool; default 1,000,000, E5's. */
  public ConsistencyFilter setPoolSize(int passages) {
    set(own.poolSize, passages);
    return this;
  }

  /** Sets the tokens of a text at most; default 128. */
  public ConsistencyFilter setMaxTokens(int tokens) {
    set(own.maxTokens, tokens);
    return this;
  }

  /** Sets the pairs that are encoded and ranked together; default 8,192. */
  public ConsistencyFilter setBatchSize(int pairs) {
    set(own.batchSize, pairs);
    return this;
  }

  /** Sets the seed that draws the pool. */
  public ConsistencyFilter setSeed(long seed) {
    set(own.seed, seed);
    return this;
  }

  /** Sets whether inconsistent rows are left out, the default, or marked only. */
  public ConsistencyFilter setDropInconsistent(boolean drop) {
    set(own.dropInconsistent, drop);
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return ConsistencyFilterModel.schema(this, own, schema);
  }

  @Override
  public ConsistencyFilterModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    SparkSession spark = dataset.sparkSession();
    FilterConfig d = FilterConfig.defaults();
    int k = (int) $(own.k);
    FilterConfig config =
        new FilterConfig(
            k,
            Math.max(k, (int) $(own.rankUpTo)),
            (int) $(own.poolSize),
            d.stratum(),
            d.minStratum(),
            (int) $(own.maxTokens),
            (int) $(own.batchSize),
            d.piecePairs(),
            0,
            d.tasksPerGpu(),
            (long) $(own.seed),
            0,
            d.dropped());
    try {
      Path pool = new Path(poolPath(spark), "pool-" + uid);
      pool.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(pool, true);
      Path vectors = new Path(pool, "vectors");
      new PoolMaker(spark, config, $(own.modelPath))
          .make(
              "whole",
              dataset
                  .toDF()
                  .select(functions.col($(own.passageCol)).as("passage"))
                  .where(functions.col("passage").isNotNull()),
              vectors,
              new Path(pool, "pool.json"));
      ConsistencyFilterModel model = new ConsistencyFilterModel(uid);
      copyValues(model, ParamMap.empty());
      model.setPool(vectors.toString());
      return model.setParent(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String poolPath(SparkSession spark) throws IOException {
    if (isSet(own.poolPath)) {
      return $(own.poolPath);
    }
    if (!spark.sparkContext().isLocal()) {
      throw new IllegalArgumentException(
          uid
              + ": set poolPath to a folder that all executors of "
              + spark.sparkContext().master()
              + " see");
    }
    return Files.createTempDirectory("ccpairs-fit").toUri().toString();
  }

  @Override
  public ConsistencyFilter copy(@Nullable ParamMap extra) {
    return (ConsistencyFilter) defaultCopy(extra);
  }

  /** Reads what {@code write} wrote; MLlib calls it when it loads a pipeline. */
  public static MLReader<ConsistencyFilter> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a stage from a path. */
  public static ConsistencyFilter load(String path) {
    return read().load(path);
  }
}
