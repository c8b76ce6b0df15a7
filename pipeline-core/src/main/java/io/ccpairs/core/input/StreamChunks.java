package io.ccpairs.core.input;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** The unpacked bytes of a file that can only be read from its beginning. */
final class StreamChunks implements Chunks {
  private static final int CHUNK = 1 << 18;
  private static final long ALWAYS_ALLOWED = 1L << 30;

  private final Split split;
  private final InputLimits limits;
  private final InputStream in;
  private final Counted packed;
  private final byte[] bytes = new byte[CHUNK];
  private long base;
  private int length;

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
    base += length;
    try {
      length = Math.max(0, in.readNBytes(bytes, 0, CHUNK));
    } catch (CorruptInputException e) {
      throw e;
    } catch (IOException e) {
      throw damaged(split, base, e);
    }
    checkExpansion(split, limits, base + length, packed.count, this);
    return length > 0;
  }

  /** Refuses a file that unpacks to far more than it holds. */
  static void checkExpansion(Split split, InputLimits limits, long unpacked, long packed, Chunks at)
      throws CorruptInputException {
    if (unpacked > ALWAYS_ALLOWED && unpacked / limits.maxExpansion() > packed) {
      throw new CorruptInputException(
          split.source().name(),
          at.place(at.base(), 0),
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

  @Override
  public void close() throws IOException {
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
