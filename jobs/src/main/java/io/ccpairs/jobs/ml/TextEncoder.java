package io.ccpairs.jobs.ml;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.pair.Role;
import io.ccpairs.jobs.encode.SharedEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Texts of a column to embeddings of unit length in another, by a model's folder: a stage of
 * MLlib's pipelines.
 *
 * <pre>{@code
 * new TextEncoder().setModelPath("models/e5").setRole("query").setInputCol("query").setOutputCol("vector")
 * }</pre>
 *
 * <p>Runs on the executors, on the GPU of each task where Spark gives one; one model for each
 * process. A null text has a null vector. A text's vector depends on the rows it is encoded with by
 * rounding only, about 1e-7 in float32.
 */
public final class TextEncoder extends Transformer implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;
  private final Param<String> outputType;
  private final Param<String> role;
  private final Param<String> modelPath;
  private final IntParam maxTokens;
  private final IntParam batchSize;

  /** A stage with a name of its own. */
  public TextEncoder() {
    this("textEncoder_" + UUID.randomUUID().toString().substring(24));
  }

  /** A stage of this name. */
  public TextEncoder(String uid) {
    this.uid = uid;
    this.inputCol = new Param<>(this, "inputCol", "input column name, of type string");
    this.outputCol = new Param<>(this, "outputCol", "output column name");
    this.outputType =
        new Param<>(
            this,
            "outputType",
            "vector (MLlib's) or array (of float)",
            ParamValidators.inArray(new String[] {"vector", "array"}));
    this.role =
        new Param<>(
            this,
            "role",
            "query or passage: decides the prefix that the model reads before each text",
            ParamValidators.inArray(new String[] {"query", "passage"}));
    this.modelPath =
        new Param<>(
            this,
            "modelPath",
            "folder of the model on any file system: config.json, model.safetensors, tokenizer.json");
    this.maxTokens =
        new IntParam(
            this,
            "maxTokens",
            "tokens of a text at most, prefix included; 0 for what the model's folder says",
            ParamValidators.gtEq(0));
    this.batchSize =
        new IntParam(this, "batchSize", "rows that are encoded together", ParamValidators.gtEq(1));
    setDefault(outputCol, uid + "__output");
    setDefault(outputType, "vector");
    setDefault(role, "passage");
    setDefault(maxTokens, 0);
    setDefault(batchSize, 4096);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The input column. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** The output column. */
  public Param<String> outputCol() {
    return outputCol;
  }

  /** What the output column holds. */
  public Param<String> outputType() {
    return outputType;
  }

  /** Query or passage. */
  public Param<String> role() {
    return role;
  }

  /** The model's folder. */
  public Param<String> modelPath() {
    return modelPath;
  }

  /** The most tokens of a text. */
  public IntParam maxTokens() {
    return maxTokens;
  }

  /** Rows encoded together. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** Sets {@link #inputCol}. */
  public TextEncoder setInputCol(String column) {
    set(inputCol, column);
    return this;
  }

  /** Sets {@link #outputCol}; default: the stage's uid and {@code __output}. */
  public TextEncoder setOutputCol(String column) {
    set(outputCol, column);
    return this;
  }

  /** Sets {@link #outputType} to {@code vector}, the default, or {@code array}. */
  public TextEncoder setOutputType(String type) {
    set(outputType, type);
    return this;
  }

  /** Sets {@link #role} to {@code query} or {@code passage}, the default. */
  public TextEncoder setRole(String name) {
    set(role, name);
    return this;
  }

  /** Sets {@link #modelPath}. */
  public TextEncoder setModelPath(String folder) {
    set(modelPath, folder);
    return this;
  }

  /** Sets {@link #maxTokens}; default 0: what the model's folder says. */
  public TextEncoder setMaxTokens(int tokens) {
    set(maxTokens, tokens);
    return this;
  }

  /** Sets {@link #batchSize}; default 4096. */
  public TextEncoder setBatchSize(int rows) {
    set(batchSize, rows);
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Columns.text(schema, $(inputCol), uid);
    DataType type =
        $(outputType).equals("array")
            ? DataTypes.createArrayType(DataTypes.FloatType, false)
            : SQLDataTypes.VectorType();
    return Columns.added(schema, $(outputCol), type, uid);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    int input = dataset.schema().fieldIndex($(inputCol));
    String model = $(modelPath);
    int tokens = (int) $(maxTokens);
    int batch = (int) $(batchSize);
    boolean array = $(outputType).equals("array");
    Role as = Role.valueOf($(role).toUpperCase(Locale.ROOT));
    Broadcast<SerializableConfiguration> hadoop =
        JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext())
            .broadcast(
                new SerializableConfiguration(
                    dataset.sparkSession().sparkContext().hadoopConfiguration()));
    MapPartitionsFunction<Row, Row> encode =
        rows -> {
          Configuration configuration = hadoop.value().value();
          return new Batches(
              rows,
              batch,
              some ->
                  encoded(SharedEncoder.of(model, tokens, configuration), as, some, input, array));
        };
    return dataset.toDF().mapPartitions(encode, Encoders.row(schema));
  }

  private static List<Row> encoded(
      io.ccpairs.core.encoder.TextEncoder encoder,
      Role role,
      List<Row> rows,
      int input,
      boolean array) {
    List<String> texts = new ArrayList<>();
    for (Row row : rows) {
      if (!row.isNullAt(input)) {
        texts.add(row.getString(input));
      }
    }
    Embeddings vectors = encoder.encode(role, texts);
    List<Row> encoded = new ArrayList<>(rows.size());
    int next = 0;
    for (Row row : rows) {
      encoded.add(
          Batches.with(row, row.isNullAt(input) ? null : value(vectors.row(next++), array)));
    }
    return encoded;
  }

  private static Object value(float[] vector, boolean array) {
    if (array) {
      Float[] boxed = new Float[vector.length];
      Arrays.setAll(boxed, i -> vector[i]);
      return boxed;
    }
    double[] wide = new double[vector.length];
    Arrays.setAll(wide, i -> vector[i]);
    return Vectors.dense(wide);
  }

  @Override
  public TextEncoder copy(@Nullable ParamMap extra) {
    return (TextEncoder) defaultCopy(extra);
  }

  /** Reads what {@code write} wrote; MLlib calls it when it loads a pipeline. */
  public static MLReader<TextEncoder> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a stage from a path. */
  public static TextEncoder load(String path) {
    return read().load(path);
  }
}
