package io.ccpairs.jobs.purge;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.privacy.OptOut;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.JudgedRows;
import io.ccpairs.jobs.spark.TallyAccumulator;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.OptOutList;
import io.ccpairs.jobs.workspace.Order;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Writes a published table anew without those who asked to be left out: same table, new run. Their
 * rows, and all samples of dropped rows, stay behind with the old run.
 */
public final class PurgeJob {
  private static final int VERSION = 1;

  private final SparkSession spark;

  /** A job in a session. */
  public PurgeJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Purges a run into a new run of the same table.
   *
   * @param name the new run's name; null for its fingerprint
   */
  public Stage.Result run(
      PublishedRun input,
      OptOutList list,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting)
      throws IOException {
    TableStage stage = new TableStage(spark, workspace, input);
    OptOut leftOut = list.entries();
    Order order =
        stage.order(
            input.manifest().table(), "purge", VERSION, name, list.files(), new TreeMap<>());
    return stage.run(
        order,
        onExisting,
        (origin, draft, writer) -> {
          TallyAccumulator tallies = JudgedRows.tallies(spark, "purge " + origin.word(), 0, 0);
          return writer.write(
              origin,
              Dropped.SAMPLE,
              JudgedRows.of(
                  stage.rows(origin),
                  origin,
                  () ->
                      (pair, row, tally) ->
                          JudgedRows.judged(
                              pair, leftOut.covers(pair) ? Verdict.OPTED_OUT : Verdict.KEEP),
                  Dropped.SAMPLE,
                  tallies),
              tallies);
        });
  }
}
