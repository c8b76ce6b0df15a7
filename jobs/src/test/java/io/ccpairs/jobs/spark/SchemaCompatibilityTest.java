package io.ccpairs.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.jobs.Dumps;
import io.ccpairs.jobs.TestSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that earlier versions wrote are read by this one, and by others than Spark. */
class SchemaCompatibilityTest {
  private final SparkSession spark = TestSpark.local();

  @TempDir Path folder;

  /**
   * Written by version 1 and never changed since: a column that is renamed or retyped fails here.
   */
  @Test
  void theTableOfVersionOneIsRead() {
    List<Row> rows =
        spark
            .read()
            .schema(PairRows.SCHEMA)
            .parquet(Dumps.fixture("tables/pairs-v1"))
            .orderBy("source_id")
            .collectAsList();
    TextPair pair = PairRows.pair(rows.get(0));
    assertThat(rows).hasSize(2);
    assertThat(pair.origin()).isEqualTo(Origin.STACKEXCHANGE);
    assertThat(pair.query()).isEqualTo("What is \"backprop\"?\nIs a < b right?");
    assertThat(pair.passage()).isEqualTo("It means:\n- back\n- propagation");
    assertThat(pair.votes()).isEqualTo(14);
    assertThat(pair.createdAt()).isEqualTo(1_293_840_000L);
    assertThat(pair.accepted()).isTrue();
    assertThat(pair.tags()).containsExactly("a", "b");
    assertThat(pair.licence()).isEqualTo("CC BY-SA 2.5");
    assertThat(pair.queryAuthor()).isEqualTo(7L);
    assertThat(PairRows.pair(rows.get(1)).votes()).isNull();
  }

  /**
   * A reader selects by name, so a table that lacks the newest columns is read with nulls in their
   * place.
   */
  @Test
  void columnsThatAnOlderTableLacksAreNull() {
    Dataset<Row> older =
        spark
            .read()
            .parquet(Dumps.fixture("tables/pairs-v1"))
            .drop("query_author", "passage_author", "licence");
    older.write().parquet(folder + "/older");
    Row row =
        spark
            .read()
            .schema(PairRows.SCHEMA)
            .parquet(folder + "/older")
            .orderBy("source_id")
            .first();
    TextPair pair = PairRows.pair(row);
    assertThat(pair.licence()).isNull();
    assertThat(pair.queryAuthor()).isNull();
    assertThat(pair.votes()).isEqualTo(14);
  }

  @Test
  void whatIsWrittenNowReadsBackEqual() throws IOException {
    TextPair pair =
        new TextPair(
            "0123456789abcdef0123456789abcdef",
            Origin.REDDIT,
            "java",
            null,
            "q 😀",
            "p\nq",
            "k",
            "l",
            -3,
            5L,
            "t1_x",
            null,
            List.of(),
            null,
            1L,
            null,
            null,
            null);
    spark
        .createDataFrame(List.of(PairRows.row(pair)), PairRows.SCHEMA)
        .write()
        .parquet(folder + "/now");
    Row row = spark.read().schema(PairRows.SCHEMA).parquet(folder + "/now").first();
    assertThat(PairRows.pair(row)).isEqualTo(pair);
    assertThat(spark.read().parquet(folder + "/now").schema().apply("votes").getComment().get())
        .startsWith("votes on the passage");
  }

  @Test
  void duckDbReadsTheSameRows() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        ResultSet rows =
            connection
                .createStatement()
                .executeQuery(
                    "select count(*), sum(votes), max(tags[1]), max(epoch(created_at)) from '"
                        + Dumps.fixture("tables/pairs-v1")
                        + "/*.parquet'")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(2);
      assertThat(rows.getInt(2)).isEqualTo(14);
      assertThat(rows.getString(3)).isEqualTo("a");
      assertThat(rows.getLong(4)).isEqualTo(1_293_840_000L);
    }
  }
}
