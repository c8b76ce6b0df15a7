package io.ccpairs.jobs.spark;

import org.apache.spark.util.AccumulatorV2;

/**
 * Brings the tallies of the tasks to the driver. Spark applies the update of a task of a
 * <em>result</em> stage exactly once, whatever is retried or speculated; so a job adds to it only
 * in the stage that writes its table, and what earlier stages counted travels to that stage as
 * rows.
 */
public final class TallyAccumulator extends AccumulatorV2<Tally, Tally> {
  private static final long serialVersionUID = 1L;

  private Tally sum;

  public TallyAccumulator(Tally empty) {
    this.sum = empty;
  }

  @Override
  public boolean isZero() {
    return sum.isEmpty();
  }

  @Override
  public AccumulatorV2<Tally, Tally> copy() {
    Tally copy = sum.fresh();
    copy.merge(sum);
    return new TallyAccumulator(copy);
  }

  @Override
  public void reset() {
    sum = sum.fresh();
  }

  @Override
  public void add(Tally part) {
    sum.merge(part);
  }

  @Override
  public void merge(AccumulatorV2<Tally, Tally> other) {
    sum.merge(other.value());
  }

  @Override
  public Tally value() {
    return sum;
  }
}
