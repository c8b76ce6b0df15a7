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
 * Goes through rows sorted by the text in which equal ones are sought (128 bits), then by the query
 * and then by id, and marks what stays: of each query under a text the first id, and of these the
 * smallest. Holds one row, however many share a text.
 */
final class EqualTexts implements Iterator<Row> {
  /** Marks the one of its text that stays. */
  static final String FIRST = "first";

  /** Marks a further row of an id. */
  static final String REPEATED = "repeated";

  /** Marks another id with the same text and the same query. */
  static final String SAME_PAIR = "same-pair";

  /** Marks another id with the same text under another query. */
  static final String SAME_TEXT = "same-text";

  private static final int HIGH = 0;
  private static final int LOW = 1;
  private static final int QUERY = 2;
  private static final int ID = 3;

  private final Iterator<InternalRow> sorted;
  private final int bands;
  private final Deque<Row> ready = new ArrayDeque<>(2);
  private @Nullable InternalRow best;
  private long query;
  private UTF8String firstOfQuery = UTF8String.EMPTY_UTF8;
  private UTF8String last = UTF8String.EMPTY_UTF8;

  /**
   * Over rows (high, low, query, id, one column for each band).
   *
   * @param sorted rows that need not outlive the call for the next
   */
  EqualTexts(Iterator<InternalRow> sorted, int bands) {
    this.sorted = sorted;
    this.bands = bands;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && sorted.hasNext()) {
      take(sorted.next());
    }
    if (ready.isEmpty()) {
      close();
    }
    return !ready.isEmpty();
  }

  /** The next row as (id, mark, bands): only a first has bands. */
  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void take(InternalRow row) {
    InternalRow known = best;
    UTF8String id = row.getUTF8String(ID);
    if (known == null
        || known.getLong(HIGH) != row.getLong(HIGH)
        || known.getLong(LOW) != row.getLong(LOW)) {
      close();
      best = row.copy();
      beginQuery(row);
    } else if (row.getLong(QUERY) != query) {
      beginQuery(row);
      if (id.compareTo(known.getUTF8String(ID)) < 0) {
        ready.add(marked(known.getUTF8String(ID), SAME_TEXT));
        best = row.copy();
      } else {
        ready.add(marked(id, SAME_TEXT));
      }
    } else if (id.equals(firstOfQuery)) {
      ready.add(marked(id, REPEATED));
    } else if (!id.equals(last)) {
      last = id.clone();
      ready.add(marked(id, SAME_PAIR));
    }
  }

  private void beginQuery(InternalRow row) {
    query = row.getLong(QUERY);
    firstOfQuery = row.getUTF8String(ID).clone();
    last = firstOfQuery;
  }

  /** Ends the text at hand: the best of its rows is the one that stays. */
  private void close() {
    InternalRow stays = best;
    if (stays != null) {
      Object[] values = new Object[2 + bands];
      values[0] = stays.getUTF8String(ID).toString();
      values[1] = FIRST;
      for (int band = 0; band < bands; band++) {
        values[2 + band] = stays.isNullAt(ID + 1 + band) ? null : stays.getLong(ID + 1 + band);
      }
      ready.add(RowFactory.create(values));
      best = null;
    }
  }

  private Row marked(UTF8String id, String mark) {
    Object[] values = new Object[2 + bands];
    values[0] = id.toString();
    values[1] = mark;
    return RowFactory.create(values);
  }
}
