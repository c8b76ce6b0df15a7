package io.ccpairs.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.jobs.TestSpark;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowParquetTest {
  private final SparkSession spark = TestSpark.local();
  private final Configuration hadoop = spark.sparkContext().hadoopConfiguration();

  @TempDir java.nio.file.Path folder;

  private static TextPair pair(String id, boolean bare) {
    return new TextPair(
        id,
        Origin.REDDIT,
        "ufc",
        bare ? null : "en",
        "Who won? 😀",
        "Half a pair \uD83D of surrogates",
        "t3_1",
        "t1_" + id,
        bare ? null : Integer.valueOf(-4),
        bare ? null : Long.valueOf(-1_500_000_000L),
        "t1_" + id,
        bare ? null : Boolean.TRUE,
        bare ? List.of() : List.of("a", "b"),
        null,
        bare ? null : Long.valueOf(Long.MIN_VALUE),
        7L,
        bare ? null : Integer.valueOf(2),
        bare ? null : Float.valueOf(0.25f));
  }

  @Test
  void aFileHoldsWhatSparksOwnWriterWouldHaveWritten() throws IOException {
    List<Row> rows = List.of(PairRows.row(pair("1", true)), PairRows.row(pair("2", false)));
    Path ours = new Path(folder.resolve("ours").toString(), "part-0.zstd.parquet");
    try (ParquetWriter<Row> writer = RowParquet.writer(ours, PairRows.SCHEMA, hadoop)) {
      for (Row row : rows) {
        writer.write(row);
      }
    }
    String theirs = folder.resolve("theirs").toString();
    spark.createDataFrame(rows, PairRows.SCHEMA).coalesce(1).write().parquet(theirs);

    assertThat(RowParquet.rows(ours, hadoop)).isEqualTo(2);
    // Without a schema given: columns, nullability and comments come from the file.
    var read = spark.read().parquet(ours.getParent().toString());
    assertThat(read.schema()).isEqualTo(spark.read().parquet(theirs).schema());
    assertThat(read.orderBy("pair_id").toJSON().collectAsList())
        .isEqualTo(spark.read().parquet(theirs).orderBy("pair_id").toJSON().collectAsList())
        .hasSize(2);
  }

  @Test
  void aColumnOfAnotherTypeIsRefused() {
    StructType schema = new StructType().add("x", DataTypes.DoubleType);
    assertThatThrownBy(
            () -> RowParquet.writer(new Path(folder.resolve("x").toString()), schema, hadoop))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("double");
  }
}
