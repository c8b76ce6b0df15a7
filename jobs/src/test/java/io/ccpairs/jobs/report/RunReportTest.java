package io.ccpairs.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.quality.QualityConfig;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.clean.CleanConfig;
import io.ccpairs.jobs.clean.CleanJob;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
  private static final String WORDS = "clean.reddit.min-passage-words";

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
        .as("a bar for the one bucket of votes, not a wall")
        .doesNotContain("width=\"319.0\"")
        .doesNotContain("<script")
        .doesNotContain("jo@example.org")
        .doesNotContain("src=")
        .doesNotContain("href=")
        .doesNotContain("@import");
    assertThat(page.split("<table", -1)).hasSameSizeAs(page.split("</table>", -1));
    assertThat(page.split("<div", -1)).hasSameSizeAs(page.split("</div>", -1));
  }

  @Test
  void aShareReadsAsAllOrNoneOnlyWhereItIs() {
    assertThat(Html.percent(3447.0 / 3448)).startsWith("99.971");
    assertThat(Html.percent(1.0 / 3448)).startsWith("0.029");
    assertThat(Html.percent(1)).startsWith("100.0");
    assertThat(Html.percent(0)).startsWith("0.0");
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
  void whatAnEarlierStageWasToldIsShownToo() throws IOException {
    SparkSession spark = TestSpark.local();
    PublishedRun pairs =
        Tables.publish(
            spark,
            work,
            "pairs",
            List.of(Tables.pair(Origin.REDDIT, 1, "Q", "Bread keeps for a week in linen.")));
    PublishedRun strict = cleaned(spark, pairs, "strict", "7");
    PublishedRun again = cleaned(spark, strict, "again", "5");
    assertThat(new RunReport(spark, Map.of(WORDS, "5"), 5, 1).of(again))
        .contains(WORDS + "</td>\n<td class=\"mono\">7</td>\n<td class=\"mono\">5</td>");
  }

  private PublishedRun cleaned(SparkSession spark, PublishedRun input, String name, String words)
      throws IOException {
    return new CleanJob(
            spark,
            CleanConfig.defaults(),
            Map.of(Origin.REDDIT, QualityConfig.defaults(Origin.REDDIT)))
        .run(
            input,
            Workspace.at(work.toString(), spark.sparkContext().hadoopConfiguration()),
            name,
            OnExisting.FAIL,
            new TreeMap<>(Map.of(WORDS, words)))
        .run();
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
    assertThat(new RunReport(spark, Map.of(), 5, 1).compare(one, two))
        .contains(">+1<")
        .as("one row of two is half as high")
        .contains("height=\"52.0\"");
  }
}
