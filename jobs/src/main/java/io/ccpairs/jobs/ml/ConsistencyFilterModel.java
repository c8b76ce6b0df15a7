package io.ccpairs.jobs.ml;

import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.Ranks;
import io.ccpairs.jobs.encode.SharedEncoder;
import io.ccpairs.jobs.filter.SharedPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * A fitted {@link ConsistencyFilter}: holds the pool. Saved, it takes the pool's files along.
 *
 * <p>Adds rank, cosine and whether the pair is consistent, and leaves out the others unless told to
 * mark them only. A pair without text or vector on a side is not consistent.
 */
public final class ConsistencyFilterModel extends Model<ConsistencyFilterModel>
    implements MLWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final FilterParams own;
  private String pool = "";

  /** A model without a pool; {@link ConsistencyFilter#fit} and loading make whole ones. */
  public ConsistencyFilterModel(String uid) {
    this.uid = uid;
    this.own = new FilterParams(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    return own.all();
  }

  /** The folder of the pool's files. */
  public String pool() {
    return pool;
  }

  void setPool(String folder) {
    pool = folder;
  }

  /** Sets k, up to what ranks are counted to; no new fit is needed. */
  public ConsistencyFilterModel setK(int k) {
    set(own.k, k);
    return this;
  }

  /** Sets whether inconsistent rows are left out or marked only. */
  public ConsistencyFilterModel setDropInconsistent(boolean drop) {
    set(own.dropInconsistent, drop);
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return schema(this, own, schema);
  }

  static StructType schema(Params stage, FilterParams params, StructType schema) {
    Columns.text(schema, stage.$(params.queryCol), stage.uid());
    Columns.text(schema, stage.$(params.passageCol), stage.uid());
    StructType ranked =
        Columns.added(schema, stage.$(params.rankCol), DataTypes.IntegerType, stage.uid());
    ranked = Columns.added(ranked, stage.$(params.cosineCol), DataTypes.DoubleType, stage.uid());
    return Columns.added(ranked, stage.$(params.consistentCol), DataTypes.BooleanType, stage.uid());
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    int query = dataset.schema().fieldIndex($(own.queryCol));
    int passage = dataset.schema().fieldIndex($(own.passageCol));
    int k = (int) $(own.k);
    int upTo = Math.max(k, (int) $(own.rankUpTo));
    int tokens = (int) $(own.maxTokens);
    int batch = (int) $(own.batchSize);
    boolean drop = (boolean) $(own.dropInconsistent);
    String model = $(own.modelPath);
    String folder = pool;
    Configuration driver = dataset.sparkSession().sparkContext().hadoopConfiguration();
    String stamp;
    try {
      stamp = SharedPools.stamp(folder, driver);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open the pool of " + uid + " in " + folder, e);
    }
    Broadcast<SerializableConfiguration> hadoop =
        JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext())
            .broadcast(new SerializableConfiguration(driver));
    MapPartitionsFunction<Row, Row> rank =
        rows -> {
          if (!rows.hasNext()) {
            return rows;
          }
          Configuration configuration = hadoop.value().value();
          TextEncoder encoder = SharedEncoder.of(model, tokens, configuration);
          io.ccpairs.core.rank.ConsistencyFilter filter =
              SharedPools.of(folder, stamp, configuration);
          return new Batches(
              rows, batch, some -> ranked(some, query, passage, encoder, filter, upTo, k, drop));
        };
    return dataset.toDF().mapPartitions(rank, Encoders.row(schema));
  }

  private static List<Row> ranked(
      List<Row> rows,
      int query,
      int passage,
      TextEncoder encoder,
      io.ccpairs.core.rank.ConsistencyFilter filter,
      int upTo,
      int k,
      boolean drop) {
    List<String> queries = new ArrayList<>();
    List<String> passages = new ArrayList<>();
    for (Row row : rows) {
      if (!row.isNullAt(query) && !row.isNullAt(passage)) {
        queries.add(row.getString(query));
        passages.add(row.getString(passage));
      }
    }
    Embeddings of = encoder.encode(Role.QUERY, queries);
    Embeddings own = encoder.encode(Role.PASSAGE, passages);
    long[] keys = new long[2 * passages.size()];
    for (int i = 0; i < passages.size(); i++) {
      TextKey key = TextKey.of(passages.get(i));
      keys[2 * i] = key.high();
      keys[2 * i + 1] = key.low();
    }
    Ranks ranks = filter.count(of.values(), own.values(), keys, upTo);
    List<Row> ranked = new ArrayList<>(rows.size());
    int next = 0;
    for (Row row : rows) {
      boolean whole = !row.isNullAt(query) && !row.isNullAt(passage);
      int outranked = whole ? ranks.outranked()[next] : -1;
      double cosine = whole ? ranks.cosines()[next++] : Double.NaN;
      boolean consistent = outranked >= 0 && outranked < k;
      if (consistent || !drop) {
        ranked.add(
            Batches.with(
                row,
                outranked < 0 ? null : outranked + 1,
                outranked < 0 ? null : cosine,
                consistent));
      }
    }
    return ranked;
  }

  @Override
  public ConsistencyFilterModel copy(@Nullable ParamMap extra) {
    ConsistencyFilterModel copy = new ConsistencyFilterModel(uid);
    copyValues(copy, extra);
    copy.setPool(pool);
    return copy.setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new Writer(this);
  }

  /** Reads what {@link #write} wrote; MLlib calls it when it loads a pipeline. */
  public static MLReader<ConsistencyFilterModel> read() {
    return new Reader();
  }

  /** Reads a model from a path. */
  public static ConsistencyFilterModel load(String path) {
    return read().load(path);
  }

  /** Parameters as any stage, and the pool's files beside. */
  private static final class Writer extends MLWriter {
    private final ConsistencyFilterModel model;

    Writer(ConsistencyFilterModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      Configuration configuration = sc().hadoopConfiguration();
      try {
        new DefaultParamsWriter(model).session(sparkSession()).saveImpl(path);
        Path from = new Path(model.pool);
        Path to = poolIn(path);
        FileUtil.copy(
            from.getFileSystem(configuration),
            from,
            to.getFileSystem(configuration),
            to,
            false,
            true,
            configuration);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot save " + model.uid + " to " + path, e);
      }
    }
  }

  private static final class Reader extends MLReader<ConsistencyFilterModel> {
    @Override
    public ConsistencyFilterModel load(String path) {
      ConsistencyFilterModel model =
          new DefaultParamsReader<ConsistencyFilterModel>().session(sparkSession()).load(path);
      model.setPool(poolIn(path).toString());
      return model;
    }
  }

  private static Path poolIn(String path) {
    return new Path(path, "pool");
  }
}
