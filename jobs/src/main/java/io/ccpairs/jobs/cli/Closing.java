package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.report.FunnelTable;
import io.ccpairs.jobs.workspace.Stage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What every stage prints when it is done. */
final class Closing {
  private Closing() {}

  /**
   * From what, to where, the funnel, and how long it took.
   *
   * @param from what was read, in a few words
   * @param startNanos of {@link System#nanoTime}
   */
  static void print(
      PrintWriter out,
      String stage,
      String from,
      Stage.Result result,
      Configuration hadoop,
      long startNanos)
      throws IOException {
    Path dropped = result.run().dropped();
    out.printf(Locale.ROOT, "%-8s %s -> %s%n", stage, from, result.run().path());
    out.print(FunnelTable.render(result.funnel()));
    out.print(
        result.upToDate()
            ? "up to date: made " + result.run().manifest().publishedAt()
            : Clock.since(startNanos));
    if (dropped.getFileSystem(hadoop).exists(dropped)) {
      out.printf("; dropped rows: ccpairs inspect %s --dropped", result.run().path());
    }
    out.println();
    out.flush();
  }
}
