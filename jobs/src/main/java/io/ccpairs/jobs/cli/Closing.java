package io.ccpairs.jobs.cli;

import io.ccpairs.jobs.report.FunnelTable;
import io.ccpairs.jobs.workspace.Stage;
import java.io.PrintWriter;
import java.util.Locale;

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
      PrintWriter out, String stage, String from, Stage.Result result, long startNanos) {
    out.printf(Locale.ROOT, "%-8s %s -> %s%n", stage, from, result.run().path());
    out.print(FunnelTable.render(result.funnel()));
    out.printf(
        Locale.ROOT,
        "%s; dropped rows: ccpairs inspect %s --dropped%n",
        result.upToDate()
            ? "up to date: made " + result.run().manifest().publishedAt()
            : Clock.since(startNanos),
        result.run().path());
    out.flush();
  }
}
