package io.ccpairs.jobs.mine;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.core.source.ThreadPairs;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Behind the shuffle: joins sorted items to pairs, and gathers the tallies of the tasks before it
 * into the task's own.
 */
final class ThreadRows implements Iterator<Row> {
  private final Origin origin;
  private final Dropped dropped;
  private final Tally tally;
  private final TallyAccumulator sum;
  private final Iterator<byte[]> records;
  private final ThreadPairs pairs;
  private final Deque<Row> ready = new ArrayDeque<>();
  private byte @Nullable [] passed;
  private boolean ended;

  ThreadRows(
      Origin origin, Iterator<byte[]> sorted, Dropped dropped, Tally empty, TallyAccumulator sum) {
    this.origin = origin;
    this.records = sorted;
    this.dropped = dropped;
    this.tally = empty;
    this.sum = sum;
    this.pairs = new ThreadPairs(new Items());
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !ended) {
      advance();
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void advance() {
    if (pairs.hasNext()) {
      Judged judged = pairs.next();
      tally.judged(origin, judged);
      TextPair pair = judged.pair();
      if (dropped == Dropped.ALL) {
        if (pair != null || !judged.verdict().kept()) {
          ready.add(PairRows.row(origin, judged));
        }
      } else if (pair != null && judged.verdict().kept()) {
        ready.add(PairRows.row(pair));
      }
    } else {
      ended = true;
      sum.add(tally);
    }
  }

  /** The items among the records. What else crossed the shuffle is taken out in passing. */
  private final class Items implements Iterator<ThreadItem> {
    @Override
    public boolean hasNext() {
      while (passed == null && records.hasNext()) {
        byte[] record = records.next();
        switch (ItemBytes.type(record)) {
          case TALLY -> tally.merge(ItemBytes.tally(record));
          // Tallied before the shuffle; it only passes to the table of dropped rows.
          case DROPPED -> ready.add(PairRows.row(origin, ItemBytes.judged(record)));
          case ITEM -> passed = record;
        }
      }
      return passed != null;
    }

    @Override
    public ThreadItem next() {
      byte[] record = hasNext() ? passed : null;
      if (record == null) {
        throw new NoSuchElementException();
      }
      passed = null;
      return ItemBytes.item(record, origin);
    }
  }
}
