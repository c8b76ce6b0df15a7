package io.ccpairs.core.input;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes one block of a bzip2 stream: Huffman codes, move-to-front, rotations and run lengths,
 * with the block's checksum. The arrays are used again for every block.
 */
final class Bzip2Block {
  /** Bytes of the largest block, before its run lengths are opened. */
  static final int MAX_BLOCK = 900_000;

  private static final int GROUP = 50;
  private static final int MAX_GROUPS = 6;
  private static final int MAX_SYMBOLS = 258;
  private static final int MAX_CODE = 20;

  /**
   * Codes up to this length are found in one step; the tables of all groups stay in the first-level
   * cache.
   */
  private static final int ROOT = 10;

  /** Digits of a run that are read in one step, and those that the longest run has. */
  private static final int MAX_DIGITS = 4;

  private static final int MAX_RUN_DIGITS = 20;

  /** Stands for the end mark where others have their rank. */
  private static final int END = 256;

  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final short[][] root = new short[MAX_GROUPS][1 << ROOT];

  /** By group and next bits: rank, run and number of its digits, number of symbols, width. */
  private final int[][] phrases = new int[MAX_GROUPS][1 << ROOT];

  private final int[][] limit = new int[MAX_GROUPS][MAX_CODE + 2];
  private final int[][] base = new int[MAX_GROUPS][MAX_CODE + 2];
  private final short[][] symbols = new short[MAX_GROUPS][MAX_SYMBOLS];
  private final byte[] lengths = new byte[MAX_SYMBOLS];
  private final byte[] selectors = new byte[18_002];
  private final byte[] front = new byte[256];
  private final int[] counts = new int[256];
  private final byte[] sorted = new byte[MAX_BLOCK + Long.BYTES];
  private final Bzip2Rotations rotations = new Bzip2Rotations();
  private final Bzip2Crc crc = new Bzip2Crc();
  private final byte[] raw = new byte[MAX_BLOCK];

  private byte[] out = new byte[MAX_BLOCK + (MAX_BLOCK >> 3)];
  private int outLength;

  // What the parts of a decoding hand on to each other.
  private int written;
  private int run;
  private int digits;
  private long frontLow;
  private long frontHigh;
  private int origin;
  private int checksum;

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
    if (crc.of(out, outLength) != checksum) {
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
    for (int bits = 0; bits < 1 << ROOT; bits++) {
      phrases[group][bits] = phrase(table, bits, alphabet - 1);
    }
  }

  /**
   * What these bits begin with, as far as they tell: up to three digits of a run and the symbol
   * that ends it, or digits alone; 0 where a single symbol has to be looked up.
   */
  private static int phrase(short[] table, int bits, int endMark) {
    int width = 0;
    int digits = 0;
    int run = 0;
    int rank = 0;
    while (digits < MAX_DIGITS) {
      int entry = table[bits << width & (1 << ROOT) - 1];
      int symbol = entry >>> 5;
      int next = width + (entry & 31);
      if (entry == 0 || next > ROOT || symbol == endMark) {
        break;
      }
      width = next;
      if (symbol > 1) {
        rank = symbol - 1;
        break;
      }
      run += 1 << digits << symbol;
      digits++;
    }
    int count = digits + (rank > 0 ? 1 : 0);
    return rank << 19 | run << 11 | digits << 8 | count << 5 | width;
  }

  /**
   * Reads the symbols up to the end mark; fills {@link #sorted} and {@link #counts}.
   *
   * <p>The work is done in short methods that are called often: the JIT compiles them as a whole,
   * while a method that is called once for a block would run in code compiled for the middle of a
   * loop.
   */
  private int readSymbols(BitInput in, int endMark, int selectorCount) throws IOException {
    Arrays.fill(counts, 0);
    written = 0;
    run = 0;
    digits = 0;
    frontLow = (long) LONGS.get(front, 0);
    frontHigh = (long) LONGS.get(front, Long.BYTES);
    for (int slice = 0; slice < selectorCount; slice++) {
      if (readGroup(in, selectors[slice], endMark)) {
        return written;
      }
    }
    throw new IOException("the block has no end mark");
  }

  /** Reads the 50 symbols that share a table; true at the end mark. */
  private boolean readGroup(BitInput in, int group, int endMark) throws IOException {
    final byte[] sorted = this.sorted;
    final int[] counts = this.counts;
    final int[] table = phrases[group];
    int length = written;
    int run = this.run;
    int digits = this.digits;
    long low = frontLow;
    long high = frontHigh;
    long bits = in.bits;
    int count = in.count;
    int left = GROUP;
    boolean ended = false;
    while (left > 0) {
      if (count < MAX_CODE) {
        in.bits = bits;
        in.count = count;
        in.fill();
        bits = in.bits;
        count = in.count;
      }
      int entry = table[(int) (bits >>> (64 - ROOT))];
      if (entry == 0 || (entry >>> 5 & 7) > left) {
        entry = single(bits, group, endMark);
      }
      int width = entry & 31;
      bits <<= width;
      count -= width;
      if (count < 0) {
        throw new IOException("the file ends in the middle of a block");
      }
      left -= entry >>> 5 & 7;
      // Runs of the front byte are written in a number system with the digits 1 and 2.
      run += (entry >>> 11 & 0xFF) << digits;
      digits += entry >>> 8 & 7;
      int rank = entry >>> 19;
      if (rank == 0) {
        if (digits > MAX_RUN_DIGITS) {
          throw new IOException("a run is longer than a block can be");
        }
        continue;
      }
      if (run > MAX_BLOCK - length) {
        throw new IOException("the block is longer than a block can be");
      }
      int value = (int) low & 0xFF;
      LONGS.set(sorted, length, value * EACH_BYTE);
      counts[value] += run;
      if (run > Long.BYTES) {
        Arrays.fill(sorted, length, length + run, (byte) value);
      }
      length += run;
      run = 0;
      digits = 0;
      if (rank == END) {
        ended = true;
        break;
      }
      if (length >= MAX_BLOCK) {
        throw new IOException("the block is longer than a block can be");
      }
      if (rank < 8) {
        int shift = rank << 3;
        long above = -2L << (shift | 7);
        value = (int) (low >>> shift) & 0xFF;
        low = (low & above) | ((low << 8 | value) & ~above);
      } else if (rank < 16) {
        int shift = (rank - 8) << 3;
        long above = -2L << (shift | 7);
        value = (int) (high >>> shift) & 0xFF;
        high = (high & above) | ((high << 8 | low >>> 56) & ~above);
        low = low << 8 | value;
      } else {
        value = moveBack(rank, (byte) (high >>> 56));
        high = high << 8 | low >>> 56;
        low = low << 8 | value;
      }
      counts[value]++;
      sorted[length++] = (byte) value;
    }
    written = length;
    this.run = run;
    this.digits = digits;
    frontLow = low;
    frontHigh = high;
    in.bits = bits;
    in.count = count;
    return ended;
  }

  /** Takes out of the list a byte that is not among the first 16, and moves those before it on. */
  private int moveBack(int rank, byte sixteenth) {
    int value = front[rank] & 0xFF;
    System.arraycopy(front, 16, front, 17, rank - 16);
    front[16] = sixteenth;
    return value;
  }

  /** The first symbol of these bits, in the form of a phrase. */
  private int single(long bits, int group, int endMark) throws IOException {
    int entry = root[group][(int) (bits >>> (64 - ROOT))];
    int symbol = entry >>> 5;
    int width = entry & 31;
    if (width == 0) {
      width = longCode(bits, group);
      int code = (int) (bits >>> (64 - width));
      symbol = symbols[group][code - base[group][width]];
    }
    if (symbol <= 1) {
      return 1 << symbol << 11 | 1 << 8 | 1 << 5 | width;
    }
    return (symbol == endMark ? END : symbol - 1) << 19 | 1 << 5 | width;
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

  /** Turns the sorted bytes that were read back into the text. */
  void unsort() {
    rotations.unsort(sorted, written, counts, origin, raw);
    openRuns();
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
