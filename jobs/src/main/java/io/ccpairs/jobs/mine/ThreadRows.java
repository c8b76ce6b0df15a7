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
  private byte @Nullable [] atHand;
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
      byte[] record = peek();
      atHand = null;
      if (record == null) {
        ended = true;
        sum.add(tally);
      } else {
        // Tallied before the shuffle; it only passes to the table of dropped rows.
        ready.add(PairRows.row(origin, ItemBytes.judged(record)));
      }
    }
  }

  /** The next record that is no tally; tallies are taken out in passing. */
  private byte @Nullable [] peek() {
    while (atHand == null && records.hasNext()) {
      byte[] record = records.next();
      if (ItemBytes.type(record) == ItemBytes.Type.TALLY) {
        tally.merge(ItemBytes.tally(record));
      } else {
        atHand = record;
      }
    }
    return atHand;
  }

  /**
   * The items up to the next dropped row, which stands between threads; from there on when that row
   * is taken. So no more than one is held, however many follow each other.
   */
  private final class Items implements Iterator<ThreadItem> {
    @Override
    public boolean hasNext() {
      byte[] record = peek();
      return record != null && ItemBytes.type(record) == ItemBytes.Type.ITEM;
    }

    @Override
    public ThreadItem next() {
      byte[] record = hasNext() ? atHand : null;
      if (record == null) {
        throw new NoSuchElementException();
      }
      atHand = null;
      return ItemBytes.item(record, origin);
    }
  }
}
