package io.ccpairs.jobs.spark;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import java.io.Serializable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Gives every row of a table its verdict and tallies it; kept rows go on, dropped ones only where
 * all are asked for.
 */
public final class JudgedRows implements Iterator<Row> {
  private final Iterator<Row> rows;
  private final Origin origin;
  private final Decision decision;
  private final Dropped dropped;
  private final Tally tally;
  private final TallyAccumulator sum;
  private @Nullable Row ready;
  private boolean ended;

  /** Decides on one row. */
  public interface Decision extends Serializable {
    /**
     * The verdict, with the pair as it goes on.
     *
     * @param row the row, with whatever columns stand beside those of the pair
     * @param tally for counts of the stage's own; rows are counted by the caller
     */
    Judged judge(TextPair pair, Row row, Tally tally);
  }

  /** Makes the decision of one task; what it holds need not be serialisable. */
  public interface DecisionFactory extends Serializable {
    Decision decision();
  }

  private JudgedRows(
      Iterator<Row> rows,
      Origin origin,
      Decision decision,
      Dropped dropped,
      Tally tally,
      TallyAccumulator sum) {
    this.rows = rows;
    this.origin = origin;
    this.decision = decision;
    this.dropped = dropped;
    this.tally = tally;
    this.sum = sum;
  }

  /**
   * The rows to write, in the partitions of the input.
   *
   * @param pairs rows that hold the columns of {@link PairRows#SCHEMA}
   * @param tallies gets each task's tally as it ends
   */
  public static JavaRDD<Row> of(
      Dataset<Row> pairs,
      Origin origin,
      DecisionFactory decisions,
      Dropped dropped,
      TallyAccumulator tallies) {
    Tally empty = tallies.value().fresh();
    return pairs
        .toJavaRDD()
        .mapPartitions(
            rows ->
                new JudgedRows(
                    rows, origin, decisions.decision(), dropped, empty.fresh(), tallies));
  }

  /** An accumulator for one piece, known to the session. */
  public static TallyAccumulator tallies(
      SparkSession spark, String name, int sampleRows, long seed) {
    TallyAccumulator tallies = new TallyAccumulator(new Tally(sampleRows, 0, seed));
    spark.sparkContext().register(tallies, name);
    return tallies;
  }

  /** A decision that keeps all but what the verdict names. */
  public static Judged judged(TextPair pair, Verdict verdict) {
    return Judged.pair(Kind.PAIR, verdict, pair);
  }

  @Override
  public boolean hasNext() {
    while (ready == null && !ended) {
      if (!rows.hasNext()) {
        ended = true;
        sum.add(tally);
      } else {
        judge(rows.next());
      }
    }
    return ready != null;
  }

  @Override
  public Row next() {
    Row next = hasNext() ? ready : null;
    if (next == null) {
      throw new NoSuchElementException();
    }
    ready = null;
    return next;
  }

  private void judge(Row row) {
    tally.in(origin, Kind.PAIR);
    TextPair pair = PairRows.pair(row);
    Judged judged = decision.judge(pair, row, tally);
    tally.judged(origin, judged);
    boolean withheld = judged.verdict() == Verdict.OPTED_OUT;
    if (dropped == Dropped.ALL && !withheld) {
      ready = PairRows.row(origin, judged);
    } else if (judged.verdict().kept()) {
      TextPair kept = judged.pair();
      ready = PairRows.row(kept == null ? pair : kept);
    }
  }
}
