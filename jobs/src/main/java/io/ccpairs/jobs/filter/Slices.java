package io.ccpairs.jobs.filter;

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
final class Slices implements Iterator<Row> {
  private final Iterator<Row> sorted;
  private final int column;
  private final int most;
  private final Function<List<Row>, List<Row>> work;
  private final Deque<Row> ready = new ArrayDeque<>();
  private @Nullable Row ahead;

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
  static Iterator<Row> of(
      Iterator<Row> sorted, int column, int most, Function<List<Row>, List<Row>> work) {
    return new Slices(sorted, column, most, work);
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
