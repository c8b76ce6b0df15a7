package io.ccpairs.jobs.workspace;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.spark.PairRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkContext;

/**
 * Makes a run of a table of pairs, one piece for each origin, and publishes it when all are whole.
 */
public final class Stage {
  private final SparkContext spark;
  private final Workspace workspace;
  private final double maxBadShare;

  /**
   * A stage that writes into a workspace.
   *
   * @param maxBadShare a piece fails when more than this share of its records are bad
   */
  public Stage(SparkContext spark, Workspace workspace, double maxBadShare) {
    this.spark = spark;
    this.workspace = workspace;
    this.maxBadShare = maxBadShare;
  }

  /**
   * What a call made or found.
   *
   * @param upToDate whether the run was there already
   */
  public record Result(PublishedRun run, Funnel funnel, boolean upToDate) {}

  /** Writes one origin of a run. */
  public interface PieceMaker {
    /** Writes the rows of an origin into the draft, by the writer. */
    Draft.Piece make(Origin origin, Draft draft, PieceWriter writer) throws IOException;
  }

  /**
   * Makes what is ordered, unless it is there.
   *
   * @param origins the pieces to make, in this order; those that an earlier attempt finished are
   *     kept
   */
  public Result run(Order order, OnExisting onExisting, List<Origin> origins, PieceMaker maker)
      throws IOException {
    Workspace.Begun begun = workspace.begin(order, onExisting);
    if (begun.upToDate().isPresent()) {
      PublishedRun run = begun.upToDate().get();
      return new Result(run, run.funnel(workspace.files()).funnel(), true);
    }
    try (Draft draft = begun.draft().orElseThrow()) {
      PieceWriter writer = new PieceWriter(spark, draft, maxBadShare);
      List<Draft.Piece> pieces = new ArrayList<>();
      Funnel funnel = new Funnel();
      for (Origin origin : origins) {
        Optional<Draft.Piece> finished = draft.finished(origin.word());
        Draft.Piece piece =
            finished.isPresent() ? finished.get() : maker.make(origin, draft, writer);
        pieces.add(piece);
        funnel.merge(piece.funnel().funnel());
      }
      return new Result(draft.publish(pieces, PairRows.SCHEMA, DatasetCard::of), funnel, false);
    } finally {
      spark.setJobDescription(null);
    }
  }
}
