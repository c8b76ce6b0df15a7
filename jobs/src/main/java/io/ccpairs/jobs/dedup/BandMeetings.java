package io.ccpairs.jobs.dedup;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * Goes through rows sorted by band key and then by id, and lets the texts of each band meet: each
 * with the first and with the {@code reach} before it. So a band of n texts costs at most n ·
 * (reach + 1) meetings; those that a crowded band did not hold are counted.
 */
final class BandMeetings implements Iterator<Row> {
  private final Iterator<InternalRow> sorted;
  private final int reach;
  private final Deque<UTF8String> before = new ArrayDeque<>();
  private final Deque<Row> ready = new ArrayDeque<>();
  private long band;
  private @Nullable UTF8String first;
  private long size;
  private long unheld;
  private boolean ended;

  /**
   * Over rows (band key, id).
   *
   * @param sorted rows that need not outlive the call for the next
   */
  BandMeetings(Iterator<InternalRow> sorted, int reach) {
    this.sorted = sorted;
    this.reach = reach;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && sorted.hasNext()) {
      meet(sorted.next());
    }
    if (ready.isEmpty() && !ended) {
      ended = true;
      ready.add(RowFactory.create(null, null, unheld));
    }
    return !ready.isEmpty();
  }

  /**
   * The next meeting as (smaller id, larger id, 0); last of all (null, null, meetings not held).
   */
  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void meet(InternalRow row) {
    UTF8String id = row.getUTF8String(1).clone();
    UTF8String leader = first;
    if (leader == null || row.getLong(0) != band) {
      band = row.getLong(0);
      first = id;
      size = 1;
      before.clear();
      before.add(id);
      return;
    }
    long met = before.size();
    if (!leader.equals(before.peekFirst())) {
      ready.add(meeting(leader, id));
      met++;
    }
    for (UTF8String other : before) {
      ready.add(meeting(other, id));
    }
    unheld += size - met;
    size++;
    before.add(id);
    if (before.size() > reach) {
      before.remove();
    }
  }

  private static Row meeting(UTF8String one, UTF8String other) {
    return RowFactory.create(one.toString(), other.toString(), 0L);
  }
}
