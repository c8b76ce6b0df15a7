package io.ccpairs.core.input;

import java.io.IOException;
import java.io.InputStream;

/** The bytes of a plain file as they are. */
final class PlainChunks implements Chunks {
  private static final int CHUNK = 1 << 18;

  private final InputStream in;
  private final long end;
  private final byte[] bytes = new byte[CHUNK];
  private long base;
  private int length;

  PlainChunks(Split split) throws IOException {
    this.in = split.source().open(split.start());
    this.end = split.end();
    this.base = split.start();
  }

  @Override
  public boolean next() throws IOException {
    base += length;
    int wanted = base < end ? (int) Math.min(CHUNK, end - base) : CHUNK;
    length = Math.max(0, in.readNBytes(bytes, 0, wanted));
    return length > 0;
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public boolean beyond() {
    return base >= end;
  }

  @Override
  public long base() {
    return base;
  }

  @Override
  public String place(long from, long offset) {
    return "byte " + (from + offset);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
