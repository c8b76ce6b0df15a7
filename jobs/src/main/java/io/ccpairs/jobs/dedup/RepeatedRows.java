package io.ccpairs.jobs.dedup;

import io.ccpairs.core.pair.Verdict;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Goes through rows sorted by pair_id and gives the first of each id the verdict KEEP. */
final class RepeatedRows implements Iterator<Row> {
  private final Iterator<Row> sorted;
  private @Nullable String last;

  /** Over rows whose last column is the verdict. */
  RepeatedRows(Iterator<Row> sorted) {
    this.sorted = sorted;
  }

  @Override
  public boolean hasNext() {
    return sorted.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Row row = sorted.next();
    String id = row.getAs("pair_id");
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    values[row.fieldIndex("verdict")] = (id.equals(last) ? Verdict.DUPLICATE : Verdict.KEEP).name();
    last = id;
    return RowFactory.create(values);
  }
}
