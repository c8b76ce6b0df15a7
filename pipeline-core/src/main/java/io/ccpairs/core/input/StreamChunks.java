package io.ccpairs.core.input;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The unpacked bytes of a file that can only be read from its beginning. Such a file is one task's
 * alone; a thread of its own unpacks it, some chunks ahead, while the task parses.
 */
final class StreamChunks implements Chunks {
  private static final int CHUNK = 1 << 18;

  /** Chunks in memory: what is parsed, what is unpacked and what lies between. */
  private static final int AHEAD = 4;

  private static final long ALWAYS_ALLOWED = 1L << 30;

  private final Split split;
  private final InputLimits limits;
  private final InputStream in;
  private final Counted packed;
  private final BlockingQueue<Filled> filled = new ArrayBlockingQueue<>(AHEAD + 1);
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(AHEAD + 1);
  private @Nullable Thread unpacker;
  private volatile boolean closed;
  private byte[] bytes = new byte[0];
  private long base;
  private int length;

  /** Bytes that wait for the task; none at the end of the file, or with what went wrong. */
  private record Filled(byte[] bytes, int length, @Nullable IOException trouble) {}

  private StreamChunks(Split split, InputLimits limits, InputStream in, Counted packed) {
    this.split = split;
    this.limits = limits;
    this.in = in;
    this.packed = packed;
  }

  /** A zstd file of any number of frames. */
  static StreamChunks zstd(Split split, InputLimits limits) throws IOException {
    Counted packed = new Counted(split.source().open(0));
    try {
      return new StreamChunks(
          split,
          limits,
          new ZstdInputStreamNoFinalizer(packed).setLongMax(limits.maxWindowLog()),
          packed);
    } catch (IOException e) {
      packed.close();
      throw e;
    }
  }

  /** A gzip file of any number of members. */
  static StreamChunks gzip(Split split, InputLimits limits) throws IOException {
    Counted packed = new Counted(new BufferedInputStream(split.source().open(0), 1 << 16));
    try {
      return new StreamChunks(
          split,
          limits,
          GzipCompressorInputStream.builder()
              .setInputStream(packed)
              .setDecompressConcatenated(true)
              .get(),
          packed);
    } catch (IOException e) {
      packed.close();
      throw damaged(split, 0, e);
    }
  }

  /** The posts of a Stack Exchange archive. */
  static StreamChunks sevenZip(Split split, InputLimits limits) throws IOException {
    SevenZipEntry entry = SevenZipEntry.open(split.source(), "Posts.xml");
    return new StreamChunks(split, limits, entry, new Counted(entry, split.source().length()));
  }

  @Override
  public boolean next() throws IOException {
    if (unpacker == null) {
      start();
    } else if (bytes.length > 0) {
      free.add(bytes);
    }
    base += length;
    length = 0;
    bytes = new byte[0];
    Filled next;
    try {
      next = filled.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while reading " + split.source().name());
    }
    IOException trouble = next.trouble();
    if (trouble != null || next.length() == 0) {
      // What comes after the end is the end.
      filled.add(next);
    }
    if (trouble != null) {
      throw trouble;
    }
    bytes = next.bytes();
    length = next.length();
    return length > 0;
  }

  private void start() {
    for (int i = 0; i < AHEAD; i++) {
      free.add(new byte[CHUNK]);
    }
    Thread thread = new Thread(this::unpack, "unpack " + split.source().name());
    thread.setDaemon(true);
    unpacker = thread;
    thread.start();
  }

  /** Fills chunks until the file ends, something is wrong with it, or nobody wants more. */
  private void unpack() {
    long unpacked = 0;
    try {
      while (!closed) {
        byte[] into = free.take();
        int got = closed ? 0 : Math.max(0, in.readNBytes(into, 0, CHUNK));
        checkExpansion(split, limits, unpacked + got, packed.count, place(unpacked, 0));
        unpacked += got;
        filled.add(new Filled(got == 0 ? new byte[0] : into, got, null));
        if (got == 0) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // Only close interrupts, and it asks for nothing more.
    } catch (CorruptInputException e) {
      filled.add(new Filled(new byte[0], 0, e));
    } catch (IOException e) {
      filled.add(new Filled(new byte[0], 0, damaged(split, unpacked, e)));
    } catch (RuntimeException | Error e) {
      // The task must hear of whatever ends this thread, or it would wait for ever.
      filled.add(
          new Filled(new byte[0], 0, new IOException("Cannot unpack " + split.source().name(), e)));
    }
  }

  /** Refuses a file that unpacks to far more than it holds. */
  static void checkExpansion(
      Split split, InputLimits limits, long unpacked, long packed, String place)
      throws CorruptInputException {
    if (unpacked > ALWAYS_ALLOWED && unpacked / limits.maxExpansion() > packed) {
      throw new CorruptInputException(
          split.source().name(),
          place,
          packed
              + " bytes unpack to more than "
              + unpacked
              + ", over "
              + limits.maxExpansion()
              + " times their size");
    }
  }

  private static CorruptInputException damaged(Split split, long at, IOException e) {
    return new CorruptInputException(
        split.source().name(), "unpacked byte " + at, String.valueOf(e.getMessage()));
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
    return false;
  }

  @Override
  public long base() {
    return base;
  }

  @Override
  public String place(long from, long offset) {
    return "unpacked byte " + (from + offset);
  }

  /** Waits for the thread to leave the stream before the stream is closed. */
  @Override
  public void close() throws IOException {
    closed = true;
    Thread thread = unpacker;
    if (thread != null) {
      thread.interrupt();
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    in.close();
  }

  /** Counts the bytes that go through. */
  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    Counted(InputStream in, long count) {
      super(in);
      this.count = count;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
      int got = in.read(into, offset, wanted);
      count += Math.max(0, got);
      return got;
    }

    @Override
    public long skip(long wanted) throws IOException {
      long skipped = in.skip(wanted);
      count += skipped;
      return skipped;
    }
  }
}
