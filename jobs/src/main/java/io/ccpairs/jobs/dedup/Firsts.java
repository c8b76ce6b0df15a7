package io.ccpairs.jobs.dedup;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * Goes through rows sorted by a 128-bit key and then by id, and marks what stays: of each key the
 * first id. Rows of that id that follow it are repetitions of one pair. Holds one row, however many
 * share a key.
 */
final class Firsts implements Iterator<Row> {
  /** Marks the first of its key. */
  static final String FIRST = "first";

  /** Marks another row of the first's id. */
  static final String REPEATED = "repeated";

  /** Marks another id under the first's key. */
  static final String OTHER = "other";

  private final Iterator<Row> sorted;
  private @Nullable Row first;

  /** Over rows (high, low, id, more columns). */
  Firsts(Iterator<Row> sorted) {
    this.sorted = sorted;
  }

  @Override
  public boolean hasNext() {
    return sorted.hasNext();
  }

  /** The next row as (id, mark, more columns). */
  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Row row = sorted.next();
    Row before = first;
    if (before == null
        || before.getLong(0) != row.getLong(0)
        || before.getLong(1) != row.getLong(1)) {
      first = row;
      return marked(row, FIRST);
    }
    return marked(row, before.getString(2).equals(row.getString(2)) ? REPEATED : OTHER);
  }

  private static Row marked(Row row, String mark) {
    Object[] values = new Object[row.size() - 1];
    values[0] = row.get(2);
    values[1] = mark;
    for (int i = 3; i < row.size(); i++) {
      values[i - 1] = row.get(i);
    }
    return RowFactory.create(values);
  }
}
