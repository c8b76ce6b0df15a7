package io.ccpairs.core.shard;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** A Parquet file of which ranges of bytes are in memory, as Parquet's reader wants files. */
public final class PartialFile implements InputFile {
  private final long length;
  private final List<Range> ranges;

  /**
   * Bytes of the file.
   *
   * @param begin where the first of them stands in the file
   */
  record Range(long begin, byte[] bytes) {
    boolean holds(long from, long count) {
      return from >= begin && from + count <= begin + bytes.length;
    }
  }

  PartialFile(long length, Range... ranges) {
    this.length = length;
    this.ranges = List.of(ranges);
  }

  /** A file that is held whole. */
  public static PartialFile whole(byte[] bytes) {
    return new PartialFile(bytes.length, new Range(0, bytes));
  }

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public SeekableInputStream newStream() {
    return new Stream();
  }

  private Range range(long from, long count) throws EOFException {
    for (Range range : ranges) {
      if (range.holds(from, count)) {
        return range;
      }
    }
    throw new EOFException(
        "Cannot read bytes " + from + " to " + (from + count) + " of a file held in part");
  }

  private final class Stream extends SeekableInputStream {
    private long at;

    @Override
    public long getPos() {
      return at;
    }

    @Override
    public void seek(long position) {
      at = position;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      readFully(one, 0, 1);
      return one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      int most = (int) Math.min(count, length - at);
      if (most <= 0) {
        return count == 0 ? 0 : -1;
      }
      readFully(into, from, most);
      return most;
    }

    @Override
    public void readFully(byte[] into) throws IOException {
      readFully(into, 0, into.length);
    }

    @Override
    public void readFully(byte[] into, int from, int count) throws IOException {
      Range range = range(at, count);
      System.arraycopy(range.bytes(), (int) (at - range.begin()), into, from, count);
      at += count;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      int count = into.remaining();
      readFully(into);
      return count;
    }

    @Override
    public void readFully(ByteBuffer into) throws IOException {
      int count = into.remaining();
      Range range = range(at, count);
      into.put(range.bytes(), (int) (at - range.begin()), count);
      at += count;
    }
  }
}
