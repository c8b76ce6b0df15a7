package io.ccpairs.jobs.ml;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Works on the rows of a partition batch by batch, in their order. */
final class Batches implements Iterator<Row> {
  private final Iterator<Row> rows;
  private final int size;
  private final Function<List<Row>, List<Row>> work;
  private Iterator<Row> ready = List.<Row>of().iterator();

  Batches(Iterator<Row> rows, int size, Function<List<Row>, List<Row>> work) {
    this.rows = rows;
    this.size = size;
    this.work = work;
  }

  @Override
  public boolean hasNext() {
    while (!ready.hasNext() && rows.hasNext()) {
      List<Row> batch = new ArrayList<>();
      while (rows.hasNext() && batch.size() < size) {
        batch.add(rows.next());
      }
      ready = work.apply(batch).iterator();
    }
    return ready.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.next();
  }

  /** A row with more values at its end. */
  static Row with(Row row, @Nullable Object... more) {
    @Nullable Object[] values = new Object[row.size() + more.length];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    System.arraycopy(more, 0, values, row.size(), more.length);
    return RowFactory.create(values);
  }
}
