package io.ccpairs.jobs.mine;

import io.ccpairs.core.input.InputLimits;
import io.ccpairs.core.input.RecordCursor;
import io.ccpairs.core.input.RecordCursors;
import io.ccpairs.core.input.Split;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.jobs.spark.Tally;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one task: walks its splits one after the other, record by record, and holds one
 * record at a time.
 */
final class SplitRows<T> implements Iterator<T> {
  private final Iterator<Split> splits;
  private final Framing framing;
  private final Origin origin;
  private final Function<Split, RecordReader<T>> readers;
  private final Tally tally;
  private final Function<Tally, List<T>> last;
  private final Deque<T> ready = new ArrayDeque<>();
  private @Nullable RecordCursor cursor;
  private @Nullable RecordReader<T> reader;
  private @Nullable Split split;
  private boolean ended;

  /**
   * How a file is cut into records.
   *
   * @param delimiter ends each record
   */
  record Framing(byte[] delimiter, InputLimits limits) implements Serializable {}

  /** Turns the bytes of one record into rows (or what becomes rows later), and counts it. */
  interface RecordReader<T> {
    /** What a record is counted as when it cannot be read. */
    Kind unreadable();

    void read(byte[] buffer, int start, int length, Tally tally, Consumer<T> rows)
        throws MalformedRecordException;
  }

  /**
   * An iterator for one task.
   *
   * @param readers gives the reader for a split's file
   * @param last called once at the end with the task's tally; its rows come last
   */
  SplitRows(
      List<Split> splits,
      Framing framing,
      Origin origin,
      Function<Split, RecordReader<T>> readers,
      Tally tally,
      Function<Tally, List<T>> last) {
    this.splits = splits.iterator();
    this.framing = framing;
    this.origin = origin;
    this.readers = readers;
    this.tally = tally;
    this.last = last;
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener((TaskCompletionListener) done -> close());
    }
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !ended) {
      try {
        advance();
      } catch (IOException e) {
        close();
        throw new UncheckedIOException(e);
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void advance() throws IOException {
    RecordCursor open = cursor;
    if (open == null) {
      if (splits.hasNext()) {
        split = splits.next();
        reader = readers.apply(split);
        cursor = RecordCursors.open(split, framing.delimiter(), framing.limits());
      } else {
        ended = true;
        ready.addAll(last.apply(tally));
      }
    } else if (open.next()) {
      read(open);
    } else {
      close();
    }
  }

  private void read(RecordCursor record) {
    RecordReader<T> records = reader;
    Split from = split;
    if (records == null || from == null) {
      throw new IllegalStateException("A cursor is open without its split");
    }
    String problem = record.problem();
    if (problem == null) {
      try {
        records.read(record.buffer(), record.start(), record.length(), tally, ready::add);
        return;
      } catch (MalformedRecordException e) {
        problem = String.valueOf(e.getMessage());
      }
    }
    tally.in(origin, records.unreadable());
    tally.bad(origin, records.unreadable(), from.source().name(), record.place(), problem);
  }

  private void close() {
    RecordCursor open = cursor;
    cursor = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
