package io.ccpairs.core.input;

import java.io.Closeable;
import java.io.IOException;

/**
 * The unpacked bytes of a split, and then of what follows it in the file, chunk by chunk. Where the
 * split ends, a chunk ends too.
 */
interface Chunks extends Closeable {

  /**
   * Moves to the next chunk, which may be empty; false at the end of the file. Bytes of the one
   * before are overwritten.
   */
  boolean next() throws IOException;

  /** Holds the chunk from index 0 on. */
  byte[] bytes();

  /** Bytes in the chunk. */
  int length();

  /** Whether the chunk lies behind the split, in the stretch of the next one. */
  boolean beyond();

  /** A number from which {@link #place} tells where the chunk stands in the file. */
  long base();

  /** Words for the place of a byte. */
  String place(long base, long offset);
}
