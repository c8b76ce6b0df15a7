package io.ccpairs.jobs.dedup;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * Goes through rows sorted by band key and then by id, and lets the texts of each band meet: each
 * with the first and with the {@code reach} before it. So a band of n texts costs at most n ·
 * (reach + 1) meetings; those that a crowded band did not hold are counted.
 */
final class BandMeetings implements Iterator<Row> {
  private final Iterator<Row> sorted;
  private final int reach;
  private final Deque<String> before = new ArrayDeque<>();
  private final Deque<Row> ready = new ArrayDeque<>();
  private long band;
  private @Nullable String first;
  private long size;
  private long unheld;
  private boolean ended;

  /** Over rows (band key, id). */
  BandMeetings(Iterator<Row> sorted, int reach) {
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

  private void meet(Row row) {
    String id = row.getString(1);
    String leader = first;
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
      ready.add(RowFactory.create(leader, id, 0L));
      met++;
    }
    for (String other : before) {
      ready.add(RowFactory.create(other, id, 0L));
    }
    unheld += size - met;
    size++;
    before.add(id);
    if (before.size() > reach) {
      before.remove();
    }
  }
}
