package io.ccpairs.jobs.encode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Works on sorted rows slice by slice: the rows of one slice, or so many of them, at once. What is
 * worked on together depends on the rows alone, never on how they came to this partition.
 */
public final class Slices implements Iterator<Row> {
  private final Iterator<Row> sorted;
  private final int column;
  private final int most;
  private final Function<List<Row>, List<Row>> work;
  private final Deque<Row> ready = new ArrayDeque<>();
  private @Nullable Row ahead;

  /** A slice holds at least so many rows on average: less would leave a device idle. */
  private static final long LEAST = 256;

  /** Where there are rows enough, there are at least so many slices for tasks to share. */
  private static final long SHARED = 64;

  private Slices(Iterator<Row> sorted, int column, int most, Function<List<Row>, List<Row>> work) {
    this.sorted = sorted;
    this.column = column;
    this.most = most;
    this.work = work;
  }

  /**
   * The results for rows sorted by slice.
   *
   * @param column holds the slice's number
   * @param most rows of a slice that are worked on at once
   */
  public static Iterator<Row> of(
      Iterator<Row> sorted, int column, int most, Function<List<Row>, List<Row>> work) {
    return new Slices(sorted, column, most, work);
  }

  /**
   * How many slices so many rows fall into: a function of the table, not of the cluster.
   *
   * @param perSlice rows of a slice on average, at most
   */
  public static long number(long rows, long perSlice) {
    return Math.max(1, Math.max(rows / perSlice, Math.min(SHARED, rows / LEAST)));
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && (ahead != null || sorted.hasNext())) {
      List<Row> slice = new ArrayList<>();
      Row next = ahead == null ? sorted.next() : ahead;
      long number = next.getLong(column);
      while (next != null && next.getLong(column) == number && slice.size() < most) {
        slice.add(next);
        next = sorted.hasNext() ? sorted.next() : null;
      }
      ahead = next;
      ready.addAll(work.apply(slice));
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
}
