package io.ccpairs.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.PublishedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
  @TempDir Path work;

  @Test
  void thePageStandsAloneAndEscapesAndMasksWhatItShows() throws IOException {
    SparkSession spark = TestSpark.local();
    PublishedRun run =
        Tables.publish(
            spark,
            work,
            "pairs",
            List.of(
                Tables.pair(
                    Origin.REDDIT,
                    1,
                    "<script>alert('x')</script> & co",
                    "Mail me at jo@example.org \"today\" or never.")));
    String page = new RunReport(spark, Map.of(), 5, 1).of(run);
    assertThat(page)
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; co")
        .contains("Mail me at [email]")
        .contains(run.manifest().fingerprint())
        .doesNotContain("<script")
        .doesNotContain("jo@example.org")
        .doesNotContain("src=")
        .doesNotContain("href=")
        .doesNotContain("@import");
    assertThat(page.split("<table", -1)).hasSameSizeAs(page.split("</table>", -1));
    assertThat(page.split("<div", -1)).hasSameSizeAs(page.split("</div>", -1));
  }

  @Test
  void aHistogramNamesTheBarOfTheMiddleRow() throws IOException {
    SparkSession spark = TestSpark.local();
    PublishedRun run =
        Tables.publish(
            spark,
            work,
            "pairs",
            List.of(
                Tables.pair(Origin.REDDIT, 1, "Q", "p".repeat(10)),
                Tables.pair(Origin.REDDIT, 2, "Q", "p".repeat(70)),
                Tables.pair(Origin.REDDIT, 3, "Q", "p".repeat(300))));
    assertThat(new RunReport(spark, Map.of(), 5, 1).of(run))
        .contains("Characters of the passage · tallest bar 1 · median in 64<");
  }

  @Test
  void twoRunsAreSetSideBySide() throws IOException {
    SparkSession spark = TestSpark.local();
    PublishedRun one =
        Tables.publish(
            spark, work, "a", List.of(Tables.pair(Origin.REDDIT, 1, "Q", "P one two three")));
    PublishedRun two =
        Tables.publish(
            spark,
            work,
            "b",
            List.of(
                Tables.pair(Origin.REDDIT, 1, "Q", "P one two three"),
                Tables.pair(Origin.REDDIT, 2, "Q", "P four five six")));
    assertThat(new RunReport(spark, Map.of(), 5, 1).compare(one, two)).contains(">+1<");
  }
}
