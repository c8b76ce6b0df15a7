package io.ccpairs.core.input;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bits of a stream, the highest of each byte first. The fields are open to {@link Bzip2Block},
 * whose inner loop keeps them in registers.
 */
final class BitInput implements Closeable {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int next;
  private int limit;
  private long buffered;

  /** The next bits, at the top; below them zeros or bits that will be loaded again. */
  long bits;

  /** How many of {@link #bits} count. */
  int count;

  /**
   * A reader whose first bit is the first of the stream.
   *
   * @param start the stream's place in its file, in bytes
   */
  BitInput(InputStream in, long start) {
    this.in = in;
    this.buffered = start;
  }

  /** The place of the next bit in the file, in bits. */
  long position() {
    return (buffered + next) * 8 - count;
  }

  /** Loads at least 56 bits, or all that are left. */
  void fill() throws IOException {
    if (limit - next >= 8) {
      bits |= (long) LONGS.get(buffer, next) >>> count;
      next += (63 - count) >>> 3;
      count |= 56;
    } else {
      fillSlowly();
    }
  }

  private void fillSlowly() throws IOException {
    // The fast way leaves bits below count that stand in the buffer too: they are loaded again
    // here.
    bits = count == 0 ? 0 : bits & (-1L << (64 - count));
    while (count <= 56) {
      if (next == limit) {
        buffered += limit;
        next = 0;
        limit = Math.max(0, in.read(buffer, 0, BUFFER));
        if (limit == 0) {
          return;
        }
      }
      bits |= (buffer[next++] & 0xFFL) << (56 - count);
      count += 8;
    }
  }

  /** Whether every bit has been read. */
  boolean atEnd() throws IOException {
    if (count == 0) {
      fill();
    }
    return count == 0;
  }

  /**
   * The next {@code width} bits as a number.
   *
   * @param width 0 to 48
   */
  long read(int width) throws IOException {
    if (count < width) {
      fill();
      if (count < width) {
        throw new EOFException("the file ends in the middle of a block");
      }
    }
    if (width == 0) {
      return 0;
    }
    long value = bits >>> (64 - width);
    skip(width);
    return value;
  }

  /** Drops bits that are loaded. */
  void skip(int width) {
    bits <<= width;
    count -= width;
  }

  /** Goes on at the next whole byte. */
  void align() {
    skip(count & 7);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
