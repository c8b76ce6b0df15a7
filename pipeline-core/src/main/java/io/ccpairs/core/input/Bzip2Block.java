package io.ccpairs.core.input;

import java.io.IOException;
import java.util.Arrays;

/**
 * Decodes one block of a bzip2 stream: Huffman codes, move-to-front, the inverse of the
 * Burrows–Wheeler transform and run lengths, with the block's checksum. The arrays are used again
 * for every block.
 */
final class Bzip2Block {
  private static final int MAX_BLOCK = 900_000;
  private static final int GROUP = 50;
  private static final int MAX_GROUPS = 6;
  private static final int MAX_SYMBOLS = 258;
  private static final int MAX_CODE = 20;
  private static final int STRETCH = 1 << 12;

  /**
   * Codes up to this length are found in one step; the tables of all groups stay in the first-level
   * cache.
   */
  private static final int ROOT = 10;

  private final short[][] root = new short[MAX_GROUPS][1 << ROOT];
  private final int[][] limit = new int[MAX_GROUPS][MAX_CODE + 2];
  private final int[][] base = new int[MAX_GROUPS][MAX_CODE + 2];
  private final short[][] symbols = new short[MAX_GROUPS][MAX_SYMBOLS];
  private final byte[] lengths = new byte[MAX_SYMBOLS];
  private final byte[] selectors = new byte[18_002];
  private final byte[] front = new byte[256];
  private final int[] counts = new int[256];
  private final int[] starts = new int[256];
  private final int[] chain = new int[MAX_BLOCK];
  private final byte[] raw = new byte[MAX_BLOCK];
  private byte[] out = new byte[MAX_BLOCK + (MAX_BLOCK >> 3)];
  private int outLength;

  // What the parts of a decoding hand on to each other.
  private int written;
  private int run;
  private int runUnit;
  private int origin;
  private int checksum;
  private int at;

  /** The block's bytes, from index 0, once it is unsorted. */
  byte[] bytes() {
    return out;
  }

  /** How many bytes the block holds. */
  int length() {
    return outLength;
  }

  /**
   * Reads the block that follows its magic number, up to the sorted rotations. Its bytes are there
   * after {@link #unsort}.
   *
   * @throws IOException in plain words, without the place, when the block is damaged
   */
  void read(BitInput in) throws IOException {
    checksum = (int) in.read(32);
    if (in.read(1) != 0) {
      throw new IOException("the block is randomised, which no bzip2 since 1996 writes");
    }
    origin = (int) in.read(24);
    int used = readUsedBytes(in);
    int groups = (int) in.read(3);
    int selectorCount = (int) in.read(15);
    if (used == 0 || groups < 2 || groups > MAX_GROUPS || selectorCount < 1) {
      throw new IOException("the block's header makes no sense");
    }
    readSelectors(in, groups, selectorCount);
    for (int group = 0; group < groups; group++) {
      readTable(in, group, used + 2);
    }
    int length = readSymbols(in, used + 1, Math.min(selectorCount, selectors.length));
    if (origin >= length) {
      throw new IOException("the block's origin lies outside it");
    }
    linkAll(length);
  }

  /** The checksum that the block gives itself. */
  int checksum() {
    return checksum;
  }

  /**
   * Checks the bytes against the block's checksum.
   *
   * @throws IOException when they differ
   */
  void verify() throws IOException {
    if (Bzip2Crc.of(out, outLength) != checksum) {
      throw new IOException("the block's checksum does not match");
    }
  }

  private int readUsedBytes(BitInput in) throws IOException {
    int ranges = (int) in.read(16);
    int used = 0;
    for (int range = 0; range < 16; range++) {
      if ((ranges & (0x8000 >>> range)) != 0) {
        int members = (int) in.read(16);
        for (int member = 0; member < 16; member++) {
          if ((members & (0x8000 >>> member)) != 0) {
            front[used++] = (byte) (range * 16 + member);
          }
        }
      }
    }
    return used;
  }

  private void readSelectors(BitInput in, int groups, int count) throws IOException {
    byte[] order = {0, 1, 2, 3, 4, 5};
    for (int i = 0; i < count; i++) {
      int rank = 0;
      while (in.read(1) != 0) {
        if (++rank >= groups) {
          throw new IOException("a selector names a table that is not there");
        }
      }
      byte chosen = order[rank];
      System.arraycopy(order, 0, order, 1, rank);
      order[0] = chosen;
      // Some writers give more selectors than a block can use.
      if (i < selectors.length) {
        selectors[i] = chosen;
      }
    }
  }

  private void readTable(BitInput in, int group, int alphabet) throws IOException {
    int length = (int) in.read(5);
    for (int symbol = 0; symbol < alphabet; symbol++) {
      while (true) {
        if (length < 1 || length > MAX_CODE) {
          throw new IOException("a code has a length that bzip2 does not know");
        }
        if (in.read(1) == 0) {
          break;
        }
        length += in.read(1) == 0 ? 1 : -1;
      }
      lengths[symbol] = (byte) length;
    }
    buildTable(group, alphabet);
  }

  private void buildTable(int group, int alphabet) throws IOException {
    int[] perLength = new int[MAX_CODE + 2];
    for (int symbol = 0; symbol < alphabet; symbol++) {
      perLength[lengths[symbol]]++;
    }
    short[] table = root[group];
    Arrays.fill(table, (short) 0);
    int code = 0;
    int index = 0;
    for (int length = 1; length <= MAX_CODE; length++) {
      code <<= 1;
      base[group][length] = code - index;
      for (int symbol = 0; symbol < alphabet; symbol++) {
        if (lengths[symbol] == length) {
          symbols[group][index++] = (short) symbol;
          if (length <= ROOT && code >>> length == 0) {
            int first = code << (ROOT - length);
            Arrays.fill(
                table, first, first + (1 << (ROOT - length)), (short) (symbol << 5 | length));
          }
          code++;
        }
      }
      if (code > 1 << length) {
        throw new IOException("a code table is over-full");
      }
      // Codes of this length are those below the limit; -1 where there are none.
      limit[group][length] = perLength[length] == 0 ? -1 : code - 1;
    }
  }

  /**
   * Reads the symbols up to the end mark; fills {@link #chain} with bytes and {@link #counts}.
   *
   * <p>The work is done in short methods that are called often: the JIT compiles them as a whole,
   * while a method that is called once for a block would run in code compiled for the middle of a
   * loop.
   */
  private int readSymbols(BitInput in, int endMark, int selectorCount) throws IOException {
    Arrays.fill(counts, 0);
    written = 0;
    run = 0;
    runUnit = 1;
    for (int slice = 0; slice < selectorCount; slice++) {
      if (readGroup(in, selectors[slice], endMark)) {
        return written;
      }
    }
    throw new IOException("the block has no end mark");
  }

  /** Reads the 50 symbols that share a table; true at the end mark. */
  private boolean readGroup(BitInput in, int group, int endMark) throws IOException {
    final int[] chain = this.chain;
    final short[] table = root[group];
    int length = written;
    int run = this.run;
    int runUnit = this.runUnit;
    long bits = in.bits;
    int count = in.count;
    boolean ended = false;
    for (int i = 0; i < GROUP; i++) {
      if (count < MAX_CODE) {
        in.bits = bits;
        in.count = count;
        in.fill();
        bits = in.bits;
        count = in.count;
      }
      int entry = table[(int) (bits >>> (64 - ROOT))];
      int symbol = entry >>> 5;
      int width = entry & 31;
      if (width == 0) {
        width = longCode(bits, group);
        int code = (int) (bits >>> (64 - width));
        symbol = symbols[group][code - base[group][width]];
      }
      bits <<= width;
      count -= width;
      if (count < 0) {
        throw new IOException("the file ends in the middle of a block");
      }
      if (symbol <= 1) {
        // Runs of the front byte, written in a number system with the digits 1 and 2.
        if (runUnit > MAX_BLOCK) {
          throw new IOException("a run is longer than a block can be");
        }
        run += runUnit << symbol;
        runUnit <<= 1;
        continue;
      }
      if (run > 0) {
        length = writeRun(length, run);
        run = 0;
        runUnit = 1;
      }
      if (symbol == endMark) {
        ended = true;
        break;
      }
      if (length == MAX_BLOCK) {
        throw new IOException("the block is longer than a block can be");
      }
      int value = moveToFront(symbol - 1);
      counts[value]++;
      chain[length++] = value;
    }
    written = length;
    this.run = run;
    this.runUnit = runUnit;
    in.bits = bits;
    in.count = count;
    return ended;
  }

  private int writeRun(int from, int count) throws IOException {
    if (count > MAX_BLOCK - from) {
      throw new IOException("the block is longer than a block can be");
    }
    int value = front[0] & 0xFF;
    counts[value] += count;
    int end = from + count;
    for (int k = from; k < end; k++) {
      chain[k] = value;
    }
    return end;
  }

  private int moveToFront(int rank) {
    final byte[] front = this.front;
    byte moved = front[rank];
    if (rank < 16) {
      for (int k = rank; k > 0; k--) {
        front[k] = front[k - 1];
      }
    } else {
      System.arraycopy(front, 0, front, 1, rank);
    }
    front[0] = moved;
    return moved & 0xFF;
  }

  private int longCode(long bits, int group) throws IOException {
    for (int width = 1; width <= MAX_CODE; width++) {
      int last = limit[group][width];
      if (last >= 0 && (int) (bits >>> (64 - width)) <= last) {
        return width;
      }
    }
    throw new IOException("a code stands in no table");
  }

  /** Makes of the sorted bytes a chain: at each place the byte, and where the next one stands. */
  private void linkAll(int length) {
    int sum = 0;
    for (int value = 0; value < 256; value++) {
      starts[value] = sum;
      sum += counts[value];
    }
    for (int from = 0; from < length; from += STRETCH) {
      link(from, Math.min(length, from + STRETCH));
    }
    at = chain[origin] >>> 8;
  }

  private void link(int from, int to) {
    final int[] chain = this.chain;
    final int[] starts = this.starts;
    for (int i = from; i < to; i++) {
      chain[starts[chain[i] & 0xFF]++] |= i << 8;
    }
  }

  /** Follows the chain of a block that was read, back to its text. */
  void unsort() {
    for (int from = 0; from < written; from += STRETCH) {
      follow(from, Math.min(written, from + STRETCH));
    }
    openRuns();
  }

  /**
   * Does for two blocks what {@link #unsort} does for one. Each step along a chain waits for
   * memory, so two chains followed side by side take little longer than one.
   */
  static void unsort(Bzip2Block one, Bzip2Block other) {
    int both = Math.min(one.written, other.written);
    for (int from = 0; from < both; from += STRETCH) {
      followBoth(one, other, from, Math.min(both, from + STRETCH));
    }
    one.followFrom(both);
    other.followFrom(both);
    one.openRuns();
    other.openRuns();
  }

  private void followFrom(int from) {
    for (int start = from; start < written; start += STRETCH) {
      follow(start, Math.min(written, start + STRETCH));
    }
  }

  private void follow(int from, int to) {
    final int[] chain = this.chain;
    final byte[] raw = this.raw;
    int at = this.at;
    for (int i = from; i < to; i++) {
      int entry = chain[at];
      raw[i] = (byte) entry;
      at = entry >>> 8;
    }
    this.at = at;
  }

  private static void followBoth(Bzip2Block one, Bzip2Block other, int from, int to) {
    final int[] chain1 = one.chain;
    final int[] chain2 = other.chain;
    final byte[] raw1 = one.raw;
    final byte[] raw2 = other.raw;
    int at1 = one.at;
    int at2 = other.at;
    for (int i = from; i < to; i++) {
      int entry1 = chain1[at1];
      int entry2 = chain2[at2];
      raw1[i] = (byte) entry1;
      raw2[i] = (byte) entry2;
      at1 = entry1 >>> 8;
      at2 = entry2 >>> 8;
    }
    one.at = at1;
    other.at = at2;
  }

  /**
   * Writes the text: behind four equal bytes stands how often the byte comes again.
   *
   * <p>Of any four equal bytes in a row, one at a place that three divides equals the next; so a
   * third of the places are looked at.
   */
  private void openRuns() {
    outLength = 0;
    int copied = 0;
    int place = 0;
    while (true) {
      int run = nextRun(place, copied);
      if (run < 0 || run + 4 >= written) {
        break;
      }
      copyOut(copied, run + 4);
      int again = raw[run + 4] & 0xFF;
      reserve(again);
      Arrays.fill(out, outLength, outLength + again, raw[run]);
      outLength += again;
      copied = run + 5;
      place = copied;
    }
    copyOut(copied, written);
  }

  /** Where the next four equal bytes begin, from a place on; -1 where there are none. */
  private int nextRun(int from, int earliest) {
    final byte[] raw = this.raw;
    int last = written - 1;
    for (int i = from; i < last; i += 3) {
      if (raw[i] == raw[i + 1]) {
        byte value = raw[i];
        int start = i;
        while (start > earliest && raw[start - 1] == value) {
          start--;
        }
        int end = i + 2;
        while (end <= last && end < start + 4 && raw[end] == value) {
          end++;
        }
        if (end >= start + 4) {
          return start;
        }
      }
    }
    return -1;
  }

  private void copyOut(int from, int to) {
    reserve(to - from);
    System.arraycopy(raw, from, out, outLength, to - from);
    outLength += to - from;
  }

  private void reserve(int more) {
    if (out.length - outLength < more) {
      out = Arrays.copyOf(out, Math.max(outLength + more, 2 * out.length));
    }
  }
}
