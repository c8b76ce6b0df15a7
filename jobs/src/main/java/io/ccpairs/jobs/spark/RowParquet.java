package io.ccpairs.jobs.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Rows to Parquet files as Spark SQL itself writes them, schema and column comments included, but
 * without a query plan in between: a text goes from its string to its page in one step.
 */
public final class RowParquet {
  private static final String SPARK_SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  /**
   * Columns in which hardly a value comes twice, or only next to itself, which zstd packs as well:
   * a dictionary of values would be built, found too large and thrown away.
   */
  private static final List<String> WITHOUT_DICTIONARY =
      List.of("pair_id", "query", "passage", "query_key", "passage_key", "created_at", "source_id");

  private RowParquet() {}

  /**
   * A writer of one file, zstd-compressed, for rows that hold at least the columns of a schema,
   * those first and in its order.
   *
   * @param schema strings, integers, longs, floats, booleans, timestamps (microseconds, UTC) and
   *     arrays of strings
   * @throws IllegalArgumentException for a column of another type
   */
  public static ParquetWriter<Row> writer(Path file, StructType schema, Configuration configuration)
      throws IOException {
    Builder builder =
        new Builder(HadoopOutputFile.fromPath(file, configuration), schema)
            .withConf(configuration)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE);
    WITHOUT_DICTIONARY.forEach(column -> builder.withDictionaryEncoding(column, false));
    return builder.build();
  }

  /** How many rows a file holds, by its footer. */
  public static long rows(Path file, Configuration configuration) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(file, configuration),
            // Without them Parquet reads all of Hadoop's settings again, for each file.
            HadoopReadOptions.builder(configuration).build())) {
      return reader.getRecordCount();
    }
  }

  private static final class Builder extends ParquetWriter.Builder<Row, Builder> {
    private final StructType schema;

    Builder(OutputFile file, StructType schema) {
      super(file);
      this.schema = schema;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in the superclass
    protected WriteSupport<Row> getWriteSupport(Configuration configuration) {
      return new Support(schema);
    }
  }

  /** Writes one value that is not null. */
  private interface Cell {
    void write(RecordConsumer to, Object value);
  }

  private static final class Support extends WriteSupport<Row> {
    private final StructType schema;
    private final String[] names;
    private final Cell[] cells;
    private @Nullable RecordConsumer consumer;

    Support(StructType schema) {
      this.schema = schema;
      this.names = schema.fieldNames();
      this.cells = new Cell[names.length];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = cell(schema.fields()[i].dataType());
      }
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in the superclass
    public WriteContext init(Configuration configuration) {
      Types.MessageTypeBuilder message = Types.buildMessage();
      for (StructField field : schema.fields()) {
        message.addField(column(field.name(), field.dataType()));
      }
      MessageType columns = message.named("spark_schema");
      return new WriteContext(
          columns,
          Map.of(
              "org.apache.spark.version",
              org.apache.spark.package$.MODULE$.SPARK_VERSION(),
              SPARK_SCHEMA,
              schema.json()));
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Row row) {
      RecordConsumer to = consumer;
      if (to == null) {
        throw new IllegalStateException("A row came before the file was begun");
      }
      to.startMessage();
      for (int i = 0; i < cells.length; i++) {
        Object value = row.get(i);
        if (value != null) {
          to.startField(names[i], i);
          cells[i].write(to, value);
          to.endField(names[i], i);
        }
      }
      to.endMessage();
    }
  }

  /** Keeps the bytes of the last text: the pairs of a thread share their query. */
  private static final class TextCell implements Cell {
    private @Nullable Object last;
    private Binary bytes = Binary.EMPTY;

    @Override
    @SuppressWarnings("ReferenceEquality") // the same object has the same bytes
    public void write(RecordConsumer to, Object value) {
      if (value != last) {
        bytes = utf8(value);
        last = value;
      }
      to.addBinary(bytes);
    }
  }

  private static Type column(String name, DataType type) {
    if (type.equals(DataTypes.StringType)) {
      return text(name);
    } else if (type.equals(DataTypes.IntegerType)) {
      return Types.optional(PrimitiveTypeName.INT32).named(name);
    } else if (type.equals(DataTypes.LongType)) {
      return Types.optional(PrimitiveTypeName.INT64).named(name);
    } else if (type.equals(DataTypes.FloatType)) {
      return Types.optional(PrimitiveTypeName.FLOAT).named(name);
    } else if (type.equals(DataTypes.BooleanType)) {
      return Types.optional(PrimitiveTypeName.BOOLEAN).named(name);
    } else if (type.equals(DataTypes.TimestampType)) {
      return Types.optional(PrimitiveTypeName.INT64)
          .as(LogicalTypeAnnotation.timestampType(true, LogicalTypeAnnotation.TimeUnit.MICROS))
          .named(name);
    } else if (isTexts(type)) {
      return Types.optionalList()
          .element(
              ((ArrayType) type).containsNull()
                  ? text("element")
                  : Types.required(PrimitiveTypeName.BINARY)
                      .as(LogicalTypeAnnotation.stringType())
                      .named("element"))
          .named(name);
    }
    throw unknown(type);
  }

  private static Type text(String name) {
    return Types.optional(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }

  private static Cell cell(DataType type) {
    if (type.equals(DataTypes.StringType)) {
      return new TextCell();
    } else if (type.equals(DataTypes.IntegerType)) {
      return (to, value) -> to.addInteger((Integer) value);
    } else if (type.equals(DataTypes.LongType)) {
      return (to, value) -> to.addLong((Long) value);
    } else if (type.equals(DataTypes.FloatType)) {
      return (to, value) -> to.addFloat((Float) value);
    } else if (type.equals(DataTypes.BooleanType)) {
      return (to, value) -> to.addBoolean((Boolean) value);
    } else if (type.equals(DataTypes.TimestampType)) {
      return (to, value) -> to.addLong(micros((Timestamp) value));
    } else if (isTexts(type)) {
      return RowParquet::writeTexts;
    }
    throw unknown(type);
  }

  private static boolean isTexts(DataType type) {
    return type instanceof ArrayType array && array.elementType().equals(DataTypes.StringType);
  }

  private static IllegalArgumentException unknown(DataType type) {
    return new IllegalArgumentException(
        "No column of a table of pairs has the type " + type.simpleString());
  }

  /** The string's own encoder: faster than Parquet's, and lone surrogates become question marks. */
  private static Binary utf8(Object text) {
    return Binary.fromConstantByteArray(((String) text).getBytes(UTF_8));
  }

  private static long micros(Timestamp time) {
    long seconds = Math.floorDiv(time.getTime(), 1_000L);
    return TimeUnit.SECONDS.toMicros(seconds) + time.getNanos() / 1_000;
  }

  /** An array as rows made in Java hold it, or a sequence as rows read by Spark do. */
  private static void writeTexts(RecordConsumer to, Object value) {
    List<?> texts =
        value instanceof Object[] array
            ? List.of(array)
            : scala.jdk.javaapi.CollectionConverters.asJava((scala.collection.Seq<?>) value);
    to.startGroup();
    if (!texts.isEmpty()) {
      to.startField("list", 0);
      for (Object text : texts) {
        to.startGroup();
        to.startField("element", 0);
        to.addBinary(utf8(text));
        to.endField("element", 0);
        to.endGroup();
      }
      to.endField("list", 0);
    }
    to.endGroup();
  }
}
