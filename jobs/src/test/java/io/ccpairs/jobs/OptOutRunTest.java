package io.ccpairs.jobs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.jobs.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who asks to be left out is nowhere: in no table, sample or report. */
class OptOutRunTest {
  private static final String SECRET = "zanzibar marmalade";

  @TempDir Path folder;

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    int code = Main.run(arguments, new PrintWriter(out), new PrintWriter(out));
    assertThat(code).as(out.toString()).isZero();
    return out.toString();
  }

  private Path dump() throws IOException {
    Path dump = Files.createDirectories(folder.resolve("reddit"));
    StringBuilder posts = new StringBuilder();
    StringBuilder comments = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      posts.append(
          "{\"id\":\"a%d\",\"name\":\"t3_a%d\",\"author\":\"asker%d\",\"title\":\"How do I boil an egg, take %d?\",\"selftext\":\"Please tell.\",\"subreddit\":\"food\",\"score\":5,\"created_utc\":1500000000,\"over_18\":false}%n"
              .formatted(i, i, i, i));
      boolean secret = i == 3;
      comments.append(
          "{\"id\":\"b%d\",\"name\":\"t1_b%d\",\"link_id\":\"t3_a%d\",\"parent_id\":\"t3_a%d\",\"author\":\"%s\",\"body\":\"%s\",\"subreddit\":\"food\",\"score\":%d,\"created_utc\":1500000001}%n"
              .formatted(
                  i,
                  i,
                  i,
                  i,
                  secret ? "hidden_one" : "cook" + i,
                  secret
                      ? "Serve it with " + SECRET + " and a slice of toast."
                      : "Boil it for " + i + " minutes and then put it under cold water.",
                  3));
    }
    // A comment of the same author that would be dropped for its score, and so be sampled.
    comments.append(
        "{\"id\":\"c\",\"name\":\"t1_c\",\"link_id\":\"t3_a1\",\"parent_id\":\"t3_a1\",\"author\":\"hidden_one\",\"body\":\"%s, I said.\",\"subreddit\":\"food\",\"score\":-9,\"created_utc\":1500000001}%n"
            .formatted(SECRET));
    Files.writeString(dump.resolve("RS_2017-07.ndjson"), posts);
    Files.writeString(dump.resolve("RC_2017-07.ndjson"), comments);
    return dump;
  }

  private static List<Path> holding(Path root, String words) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file -> {
                try {
                  return new String(Files.readAllBytes(file), ISO_8859_1).contains(words);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .toList();
    }
  }

  private static boolean inParquet(SparkSession spark, Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .anyMatch(
              file ->
                  spark.read().parquet(file.toString()).toJSON().collectAsList().stream()
                      .anyMatch(row -> row.contains(SECRET)));
    }
  }

  @Test
  void miningWithAListLeavesNoTrace() throws IOException {
    SparkSession spark = TestSpark.local();
    Path list = Files.writeString(folder.resolve("list.txt"), "reddit author hidden_one\n");
    String work = folder + "/work";
    run("mine", "--reddit", dump().toString(), "--opt-out", list.toString(), "--out", work);
    run("clean", "--out", work);
    run("dedup", "--out", work);
    run("report", work + "/unique");
    assertThat(inParquet(spark, Path.of(work))).isFalse();
    assertThat(holding(Path.of(work), SECRET)).isEmpty();
    assertThat(holding(Path.of(work), "hidden_one")).isEmpty();
    assertThat(Files.readString(Path.of(work, "pairs").resolve(manifest(work, "pairs"))))
        .contains("opted_out");
  }

  private static Path manifest(String work, String table) throws IOException {
    try (Stream<Path> runs = Files.list(Path.of(work, table))) {
      return runs.findFirst().orElseThrow().resolve("__meta__/funnel.json");
    }
  }

  @Test
  void purgingAPublishedTableLeavesNoTraceOnceTheOldRunIsRetired() throws IOException {
    SparkSession spark = TestSpark.local();
    Path list = Files.writeString(folder.resolve("list.txt"), "reddit author hidden_one\n");
    String work = folder + "/work";
    run("mine", "--reddit", dump().toString(), "--out", work);
    assertThat(inParquet(spark, Path.of(work))).isTrue();
    run("clean", "--out", work);
    run("report", work + "/clean");
    assertThat(holding(Path.of(work, "reports"), SECRET)).as("a sample of mine").isNotEmpty();
    deleteTable(Path.of(work, "clean"));
    String said = run("purge", work + "/pairs", "--opt-out", list.toString());
    assertThat(said).contains("opted_out 1").contains("The old run still holds them");
    run("report", work + "/pairs", "--to", work + "/purged.html");
    assertThat(Files.readString(Path.of(work, "purged.html")))
        .as("the old run still stands beside, but a page on the new one shows nothing of it")
        .contains("opted_out")
        .doesNotContain(SECRET)
        .doesNotContain("hidden_one");
    String retired =
        run("purge", oldRun(work).toString(), "--opt-out", list.toString(), "--retire");
    assertThat(retired).contains("up to date").contains("retired").contains("which told of it");
    run("report", work + "/pairs");
    assertThat(inParquet(spark, Path.of(work))).isFalse();
    assertThat(holding(Path.of(work), SECRET)).isEmpty();
  }

  private static void deleteTable(Path table) throws IOException {
    try (Stream<Path> files = Files.walk(table)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Path oldRun(String work) throws IOException {
    try (Stream<Path> runs = Files.list(Path.of(work, "pairs"))) {
      return runs.filter(run -> Files.exists(run.resolve("__dropped__/origin=reddit")))
          .filter(
              run -> {
                try {
                  return !Files.readString(run.resolve("__meta__/funnel.json"))
                      .contains("opted_out");
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .findFirst()
          .orElseThrow();
    }
  }
}
