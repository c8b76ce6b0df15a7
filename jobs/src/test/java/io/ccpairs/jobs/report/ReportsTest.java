package io.ccpairs.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.PublishedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {
  @TempDir Path work;

  @Test
  void onlyPagesThatTellOfARunAreForgottenWithIt() throws IOException {
    SparkSession spark = TestSpark.local();
    RunReport report = new RunReport(spark, Map.of(), 5, 1);
    PublishedRun gone = run("gone");
    PublishedRun stays = run("stays");
    String page = report.of(gone);
    String both = report.compare(stays, gone);
    Path own = page("own", page);
    Path compared = page("compared", both);
    Path older = page("older", page.replaceFirst("<meta name=\"ccpairs-runs\"[^>]*>", ""));
    Path olderCompared =
        page("older-compared", both.replaceFirst("<meta name=\"ccpairs-runs\"[^>]*>", ""));
    Path other =
        page("other", report.of(stays).replace("</main>", gone.manifest().run() + " gone</main>"));
    Path foreign = page("foreign", "<h1>Of gone/" + gone.manifest().run() + " I know</h1>");

    Reports.forget(new org.apache.hadoop.fs.Path(work.toString()), gone, new Configuration());
    assertThat(List.of(own, compared, older, olderCompared))
        .allSatisfy(told -> assertThat(told).doesNotExist());
    assertThat(other).exists();
    assertThat(foreign).exists();
  }

  private PublishedRun run(String table) throws IOException {
    return Tables.publish(
        TestSpark.local(), work, table, List.of(Tables.pair(Origin.REDDIT, 1, "Q", "P one two")));
  }

  private Path page(String name, String html) throws IOException {
    Path page = work.resolve("reports/" + name + ".html");
    Files.createDirectories(page.getParent());
    return Files.writeString(page, html);
  }
}
