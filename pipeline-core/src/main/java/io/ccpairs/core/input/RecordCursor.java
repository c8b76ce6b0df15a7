package io.ccpairs.core.input;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks the records of one {@link Split}, in the file's order. Not thread-safe.
 *
 * <p>What breaks the container (a checksum that does not match, a file that ends early) is an
 * {@link IOException} that names the file and the place: the rest of the file cannot be trusted.
 * What breaks one record only (too long) is a record with a {@link #problem()}, and the cursor goes
 * on.
 */
public interface RecordCursor extends Closeable {

  /**
   * Moves to the next record; false at the end of the split. Bytes and offsets of the one before
   * are no longer valid.
   */
  boolean next() throws IOException;

  /**
   * The buffer that holds the record, its delimiter left out; valid until the next call of {@link
   * #next()}.
   */
  byte[] buffer();

  /** Where the record starts in {@link #buffer()}. */
  int start();

  /** The record's length in bytes. */
  int length();

  /**
   * Where the record is found again: for plain files the byte offset in the file, for compressed
   * ones a description such as {@code block at byte 512 + 1024}. Unique within a file.
   */
  String place();

  /**
   * Why this record cannot be used, for example that it is longer than the limit; null for a sound
   * one.
   */
  @Nullable String problem();
}
