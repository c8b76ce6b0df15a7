package io.ccpairs.core.eval.task;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passages of a corpus, one after another. */
public interface Passages extends Closeable {
  /** The next passage; null at the end. */
  @Nullable Passage next() throws IOException;

  @Override
  default void close() throws IOException {}

  /** Passages that are in memory already. */
  static Passages of(List<Passage> passages) {
    Iterator<Passage> rest = passages.iterator();
    return () -> rest.hasNext() ? rest.next() : null;
  }
}
