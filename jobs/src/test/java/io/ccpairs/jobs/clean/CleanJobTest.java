package io.ccpairs.jobs.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.QualityConfig;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanJobTest {
  private static final String PROSE =
      "The board of the lake house was painted in three layers, and each dried for two days.";

  @TempDir Path work;

  private Stage.Result clean(SparkSession spark, PublishedRun input) throws IOException {
    Map<Origin, QualityConfig> quality = new EnumMap<>(Origin.class);
    for (Origin origin : Origin.values()) {
      quality.put(origin, QualityConfig.defaults(origin));
    }
    return new CleanJob(spark, CleanConfig.defaults(), quality)
        .run(
            input,
            Workspace.at(work.toString(), spark.sparkContext().hadoopConfiguration()),
            null,
            OnExisting.SKIP,
            new TreeMap<>());
  }

  @Test
  void rowsAreJudgedMaskedAndGivenALanguageAndAllAreAccountedFor()
      throws IOException, SQLException {
    SparkSession spark = TestSpark.local();
    TextPair kept =
        Tables.pair(
            Origin.REDDIT, 1, "Painting boards?", PROSE + " Ask jo@example.org or u/paint_pro.");
    TextPair shortOne = Tables.pair(Origin.REDDIT, 2, "Why?", "No idea.");
    TextPair wiki = Tables.pair(Origin.WIKIPEDIA, 3, "Lake house", PROSE + " Mail jo@example.org.");
    PublishedRun input = Tables.publish(spark, work, "pairs", List.of(kept, shortOne, wiki));

    Stage.Result result = clean(spark, input);

    assertThat(result.funnel().in(Origin.REDDIT, Kind.PAIR)).isEqualTo(2);
    assertThat(result.funnel().judged(Origin.REDDIT, Kind.PAIR, Verdict.TOO_SHORT)).isEqualTo(1);
    Row reddit =
        spark
            .read()
            .schema(PairRows.SCHEMA)
            .parquet(result.run().data(Origin.REDDIT).toString())
            .head();
    assertThat(reddit.<String>getAs("passage")).endsWith("Ask [email] or [user].");
    assertThat(reddit.<String>getAs("lang")).isEqualTo("en");
    assertThat(reddit.<String>getAs("pair_id"))
        .as("the id names what was mined")
        .isEqualTo(kept.id());
    assertThat(Tables.rows(spark, result.run()).toString())
        .as("Wikipedia is not masked unless asked for")
        .contains("Mail jo@example.org");
    assertThat(result.run().statistics(files(spark)).byOrigin().get("reddit"))
        .containsEntry(CleanJob.MASKED, Map.of("pairs", 1L))
        .containsEntry("languages", Map.of("en", 1L));
    assertThat(byDuckdb(result.run()))
        .as("DuckDB and Spark count the same")
        .isEqualTo(bySpark(spark, result.run()))
        .containsExactly("reddit en 1", "wikipedia en 1");
    assertThat(clean(spark, input).upToDate()).isTrue();
  }

  @Test
  void theRunHasACardThatNamesTheFilesOfEachOrigin() throws IOException {
    SparkSession spark = TestSpark.local();
    PublishedRun input =
        Tables.publish(
            spark, work, "pairs", List.of(Tables.pair(Origin.WIKIPEDIA, 1, "Lake", PROSE)));
    String card =
        Files.readString(Path.of(clean(spark, input).run().path().toUri()).resolve("README.md"));
    assertThat(card)
        .startsWith("---\npretty_name:")
        .contains(
            "- config_name: wikipedia\n  data_files:\n  - split: train\n    path: \"data/origin=wikipedia/*.parquet\"")
        .contains("| wikipedia | 1 | CC BY-SA");
  }

  private static org.apache.hadoop.fs.FileSystem files(SparkSession spark) throws IOException {
    return org.apache.hadoop.fs.FileSystem.getLocal(spark.sparkContext().hadoopConfiguration());
  }

  private static List<String> bySpark(SparkSession spark, PublishedRun run) {
    return spark
        .read()
        .parquet(run.path() + "/data")
        .groupBy("origin", "lang")
        .count()
        .collectAsList()
        .stream()
        .map(row -> row.getString(0) + " " + row.getString(1) + " " + row.getLong(2))
        .sorted()
        .toList();
  }

  private static List<String> byDuckdb(PublishedRun run) throws SQLException {
    List<String> counts = new ArrayList<>();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select concat_ws(' ', origin, lang, count(*)) as line from read_parquet('"
                    + Path.of(run.path().toUri())
                    + "/data/*/*.parquet') group by origin, lang order by line")) {
      while (rows.next()) {
        counts.add(rows.getString(1));
      }
    }
    return counts;
  }
}
