package io.ccpairs.core.input;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts chunks into records at a delimiter.
 *
 * <p>Which split a record belongs to: a split that does not begin its file skips through the first
 * delimiter that begins in it; and it reads every record that starts before its end plus the
 * delimiter's length. So the delimiter that straddles a cut, which only the split before sees
 * whole, gives its record to that split, and each record is read once wherever the cuts are.
 *
 * <p>A record that lies within one chunk is not copied.
 */
final class DelimitedCursor implements RecordCursor {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final Chunks chunks;
  private final byte[] delimiter;
  private final int[] shift = new int[256];
  private final int maxRecordBytes;

  private byte[] chunk = new byte[0];
  private int chunkLength;
  private int scan;
  private long chunkStart;
  private long end = Long.MAX_VALUE;
  private boolean begun;
  private boolean started;
  private boolean fileEnded;
  private boolean skipping;

  /**
   * What earlier chunks hold of the record; of a record that is not kept, only the end, where a
   * delimiter may begin.
   */
  private byte[] spill = new byte[1 << 12];

  private int spilled;
  private long total;
  private boolean discarded;

  private byte[] record = chunk;
  private int recordStart;
  private int recordLength;
  private long placeBase;
  private long placeOffset;
  private @Nullable String problem;

  /**
   * A cursor at the start of a split.
   *
   * @param begun whether the first chunk has been read already
   * @param skipsFirst whether the split begins in the middle of its file
   */
  DelimitedCursor(
      Chunks chunks, boolean begun, boolean skipsFirst, byte[] delimiter, int maxRecordBytes) {
    this.begun = begun;
    this.chunks = chunks;
    this.skipping = skipsFirst;
    this.delimiter = delimiter.clone();
    this.maxRecordBytes = maxRecordBytes;
    Arrays.fill(shift, delimiter.length);
    for (int i = 0; i < delimiter.length - 1; i++) {
      shift[delimiter[i] & 0xFF] = delimiter.length - 1 - i;
    }
  }

  @Override
  public boolean next() throws IOException {
    if (skipping) {
      if (!frame()) {
        return false;
      }
      skipping = false;
    }
    return frame();
  }

  /** Reads through the next delimiter; false when no record of this split is left. */
  private boolean frame() throws IOException {
    if (scan == chunkLength && !load()) {
      return false;
    }
    if (behindEnd(chunkStart + scan)) {
      return false;
    }
    placeBase = chunks.base();
    placeOffset = scan;
    spilled = 0;
    total = 0;
    discarded = skipping;
    while (true) {
      int completed = total > 0 ? straddling() : 0;
      if (completed > 0) {
        int begun = delimiter.length - completed;
        spilled -= begun;
        total -= begun;
        scan = completed;
        return take(spill, 0, spilled);
      }
      int hit = find(scan);
      if (hit >= 0) {
        int from = scan;
        scan = hit + delimiter.length;
        if (total == 0) {
          total = (long) hit - from;
          return take(chunk, from, hit - from);
        }
        keep(from, hit);
        return take(spill, 0, spilled);
      }
      keep(scan, chunkLength);
      scan = chunkLength;
      if (!load()) {
        return !skipping && !blank() && take(spill, 0, spilled);
      }
      if (skipping && behindEnd(chunkStart + scan + 1)) {
        return false;
      }
    }
  }

  private boolean behindEnd(long position) {
    return end != Long.MAX_VALUE && position - end >= delimiter.length;
  }

  private boolean load() throws IOException {
    chunkStart += chunkLength;
    chunkLength = 0;
    scan = 0;
    while (!fileEnded) {
      if (!begun && !chunks.next()) {
        fileEnded = true;
        return false;
      }
      begun = false;
      if (chunks.beyond() && end == Long.MAX_VALUE) {
        end = chunkStart;
      }
      if (chunks.length() > 0) {
        chunk = chunks.bytes();
        chunkLength = chunks.length();
        if (!started && !skipping && startsWithBom()) {
          scan = BOM.length;
        }
        started = true;
        return true;
      }
    }
    return false;
  }

  private boolean startsWithBom() {
    return chunkLength >= BOM.length && Arrays.equals(chunk, 0, BOM.length, BOM, 0, BOM.length);
  }

  private boolean take(byte[] bytes, int start, int length) {
    record = bytes;
    recordStart = start;
    recordLength = length;
    problem = null;
    if (total > maxRecordBytes) {
      problem =
          "a record of " + total + " bytes is longer than max-record-bytes = " + maxRecordBytes;
      recordLength = 0;
    } else if (delimiter.length == 1
        && length > 0
        && delimiter[0] == '\n'
        && bytes[start + length - 1] == '\r') {
      recordLength--;
    }
    return true;
  }

  /**
   * Moves bytes of the chunk to the spill, or only their end once the record is too long to be of
   * use.
   */
  private void keep(int from, int to) {
    int more = to - from;
    total += more;
    if (total > maxRecordBytes) {
      discarded = true;
    }
    if (discarded) {
      int tail = Math.min(more, delimiter.length - 1);
      int old = Math.min(spilled, delimiter.length - 1 - tail);
      System.arraycopy(spill, spilled - old, spill, 0, old);
      System.arraycopy(chunk, to - tail, spill, old, tail);
      spilled = old + tail;
      return;
    }
    if (spilled + more > spill.length) {
      spill =
          Arrays.copyOf(
              spill,
              (int)
                  Math.min(
                      Math.max(2L * spill.length, spilled + (long) more), Integer.MAX_VALUE - 8));
    }
    System.arraycopy(chunk, from, spill, spilled, more);
    spilled += more;
  }

  /**
   * How many bytes at the chunk's beginning complete a delimiter that began before it; 0 for none.
   */
  private int straddling() {
    for (int begun = Math.min(delimiter.length - 1, spilled); begun > 0; begun--) {
      int missing = delimiter.length - begun;
      if (missing <= chunkLength
          && Arrays.equals(spill, spilled - begun, spilled, delimiter, 0, begun)
          && Arrays.equals(chunk, 0, missing, delimiter, begun, delimiter.length)) {
        return missing;
      }
    }
    return 0;
  }

  private int find(int from) {
    return delimiter.length == 1 ? findByte(from, delimiter[0]) : findWord(from);
  }

  /** Eight bytes a step: a byte of the word is zero where it equals the one that is looked for. */
  private int findByte(int from, byte wanted) {
    byte[] bytes = chunk;
    int limit = chunkLength;
    long pattern = (wanted & 0xFF) * ONES;
    int i = from;
    for (; i + 32 <= limit; i += 32) {
      long a = (long) WORDS.get(bytes, i) ^ pattern;
      long b = (long) WORDS.get(bytes, i + 8) ^ pattern;
      long c = (long) WORDS.get(bytes, i + 16) ^ pattern;
      long d = (long) WORDS.get(bytes, i + 24) ^ pattern;
      long zero = ((a - ONES) & ~a) | ((b - ONES) & ~b) | ((c - ONES) & ~c) | ((d - ONES) & ~d);
      if ((zero & HIGHS) != 0) {
        break; // the loop below finds which
      }
    }
    for (; i + 8 <= limit; i += 8) {
      long word = (long) WORDS.get(bytes, i) ^ pattern;
      long zero = (word - ONES) & ~word & HIGHS;
      if (zero != 0) {
        return i + (Long.numberOfTrailingZeros(zero) >>> 3);
      }
    }
    for (; i < limit; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** Horspool: looks at the last byte first and leaps by what it finds there. */
  private int findWord(int from) {
    byte[] bytes = chunk;
    int width = delimiter.length;
    byte last = delimiter[width - 1];
    for (int i = from; i + width <= chunkLength; i += shift[bytes[i + width - 1] & 0xFF]) {
      if (bytes[i + width - 1] == last && Arrays.equals(bytes, i, i + width, delimiter, 0, width)) {
        return i;
      }
    }
    return -1;
  }

  private boolean blank() {
    if (total > maxRecordBytes) {
      return false;
    }
    for (int i = 0; i < spilled; i++) {
      if (spill[i] != ' ' && spill[i] != '\n' && spill[i] != '\r' && spill[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  @Override
  public byte[] buffer() {
    return record;
  }

  @Override
  public int start() {
    return recordStart;
  }

  @Override
  public int length() {
    return recordLength;
  }

  @Override
  public String place() {
    return chunks.place(placeBase, placeOffset);
  }

  @Override
  public @Nullable String problem() {
    return problem;
  }

  @Override
  public void close() throws IOException {
    chunks.close();
  }
}
