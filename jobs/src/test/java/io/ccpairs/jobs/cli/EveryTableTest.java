package io.ccpairs.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ccpairs.jobs.Dumps;
import io.ccpairs.jobs.RandomModel;
import io.ccpairs.jobs.TestSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every table that jobs write, as DuckDB, Spark and the table's own manifest count it. */
class EveryTableTest {
  @TempDir private Path folder;

  @Test
  void duckDbSparkAndTheManifestAgreeOnTheRowsOfEveryTable() throws IOException, SQLException {
    SparkSession spark = TestSpark.local();
    String work = folder.resolve("work").toString();
    String model = RandomModel.small(folder.resolve("model"));
    String optOut =
        Files.writeString(folder.resolve("list.txt"), "reddit author nobody\n").toString();
    Path asked =
        Files.writeString(folder.resolve("asked.txt"), "Why did the glass break at all?\n");
    run(
        "mine",
        "--set",
        "mine.max-bad-share=0.5",
        "--stackexchange",
        Dumps.fixture("stackexchange"),
        "--reddit",
        Dumps.fixture("reddit"),
        "--wikipedia",
        Dumps.fixture("wikipedia"),
        "--out",
        work);
    run("clean", "--out", work);
    run("dedup", "--out", work);
    run("leaks", "--eval", asked.toString(), "--out", work);
    run("encode", "--model", model, "--in", work + "/unseen", "--out", work);
    run("filter", "--model", model, "--set", "filter.pool-size=8", "--out", work);
    assertThat(said(4, "shard", "--out", folder + "/none"))
        .contains("Cannot find a published run of consistent or unseen or unique in ");
    assertThat(
            said(
                0,
                "shard",
                "--in",
                work + "/unseen",
                "--batch",
                "4",
                "--set",
                "shard.slices=2",
                "--out",
                work))
        .doesNotContain("--dropped");
    assertThat(said(0, "filter", "--model", model, "--set", "filter.pool-size=8", "--out", work))
        .contains("; dropped rows: ccpairs inspect ");

    for (String table :
        List.of("pairs", "clean", "unique", "unseen", "embeddings", "consistent", "shards")) {
      Path run = onlyRun(Path.of(work, table));
      long rows = rows(run);
      assertThat(rows).as(table).isPositive();
      String part = table.equals("shards") ? "epoch" : "origin";
      List<String> bySpark =
          spark.read().parquet(run + "/data").groupBy(part).count().collectAsList().stream()
              .map(row -> row.get(0) + " " + row.getLong(1))
              .sorted()
              .toList();
      assertThat(byDuckDb(run, part)).as(table).isEqualTo(bySpark);
      assertThat(bySpark.stream().mapToLong(line -> Long.parseLong(line.split(" ")[1])).sum())
          .as(table)
          .isEqualTo(rows);
    }

    assertThat(said(0, "encode", "--model", model, "--in", work + "/unseen", "--out", work))
        .contains("up to date: made ");
    String vectors = work + "/embeddings";
    assertThat(said(4, "search", "--model", model, "--in", vectors, "x"))
        .contains("embeddings is no table of pairs, but made of one");
    String shards = work + "/shards";
    for (String other : List.of(vectors, shards)) {
      String no = other.substring(work.length() + 1) + " is no table of pairs, but made of one";
      assertThat(said(4, "report", other)).contains(no);
      assertThat(said(4, "clean", "--in", other, "--out", work)).contains(no);
      assertThat(said(4, "search", "--model", model, "--in", other, "x")).contains(no);
      assertThat(said(4, "purge", other, "--opt-out", optOut)).contains(no);
      assertThat(said(0, "inspect", other, "-n", "2")).contains("#2  pair_id=");
    }
    assertThat(said(0, "inspect", vectors, "-n", "1")).contains(", … 32 in all]");
    assertThat(said(2, "purge", work + "/pairs", "--opt-out", optOut, "--out", work))
        .contains("Unknown option --out");
    assertThat(
            said(4, "filter", "--ranks", work + "/unseen", "--in", work + "/unseen", "--out", work))
        .contains("it is a run of unseen, ranks are kept by runs of consistent");
    assertThat(
            said(
                4,
                "filter",
                "--ranks",
                work + "/consistent",
                "--k",
                "15",
                "--set",
                "filter.rank-up-to=20",
                "--run-id",
                "fifteen",
                "--out",
                work))
        .contains("they were counted up to 10, filter.k is 15. Rank anew with --model");

    String two = onlyRun(Path.of(work, "consistent")) + "/data";
    run("filter", "--ranks", work + "/consistent", "--k", "1", "--run-id", "one", "--out", work);
    assertThat(spark.read().parquet(work + "/consistent/run=one/data").count())
        .isEqualTo(spark.read().parquet(two).where("rank = 1").count())
        .isPositive();

    run("purge", work + "/unseen", "--opt-out", optOut, "--run-id", "p");
    run("filter", "--model", model, "--set", "filter.pool-size=8", "--run-id", "q", "--out", work);
    run("purge", work + "/consistent/run=q", "--opt-out", optOut, "--run-id", "r");
    assertThat(
            said(
                4, "filter", "--ranks", work + "/consistent/run=r", "--run-id", "s", "--out", work))
        .contains("it has none, as a purged run keeps none");
  }

  private static void run(String... arguments) {
    assertThat(said(0, arguments)).isNotEmpty();
  }

  /** Runs a job that must end with this code, and returns what it printed. */
  private static String said(int code, String... arguments) {
    StringWriter both = new StringWriter();
    assertThat(Main.run(arguments, new PrintWriter(both), new PrintWriter(both)))
        .as("%s%n%s", String.join(" ", arguments), both)
        .isEqualTo(code);
    return both.toString();
  }

  private static Path onlyRun(Path table) throws IOException {
    try (var runs = Files.list(table)) {
      return runs.filter(run -> run.getFileName().toString().startsWith("run="))
          .findFirst()
          .orElseThrow();
    }
  }

  private static long rows(Path run) throws IOException {
    long rows = 0;
    JsonNode manifest = new ObjectMapper().readTree(run.resolve("__meta__/manifest.json").toFile());
    for (JsonNode count : manifest.get("rows")) {
      rows += count.longValue();
    }
    return rows;
  }

  private static List<String> byDuckDb(Path run, String part) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        ResultSet rows =
            duckdb
                .createStatement()
                .executeQuery(
                    "select concat_ws(' ', "
                        + part
                        + ", count(*)) as line from read_parquet('"
                        + run
                        + "/data/*/*.parquet', hive_partitioning = true) group by "
                        + part
                        + " order by line")) {
      while (rows.next()) {
        lines.add(rows.getString(1));
      }
    }
    return lines;
  }
}
