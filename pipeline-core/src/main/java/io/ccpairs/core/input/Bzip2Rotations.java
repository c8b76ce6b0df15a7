package io.ccpairs.core.input;

/**
 * Undoes the Burrows–Wheeler transform: from the last bytes of a text's sorted rotations back to
 * the text. The arrays are used again for every block.
 *
 * <p>The last bytes make a chain, at each place a byte of the text and where the next one stands,
 * and each step along it waits for memory. So it is entered at many places at once: walkers follow
 * it side by side, each up to where another segment begins, and the segments are put in order when
 * all are there. As the chain is a permutation, every segment ends where one begins.
 */
final class Bzip2Rotations {
  private static final int WALKERS = 8;
  private static final int SEGMENTS = 256;

  /**
   * Work is done by this many steps in short methods: the JIT compiles them as a whole, while a
   * method that is called once for a block would run in code compiled for the middle of a loop.
   */
  private static final int STRETCH = 1 << 12;

  /** What a walker has: a whole block, and a stretch for steps without work. */
  private static final int ROOM = Bzip2Block.MAX_BLOCK + STRETCH;

  /** The mark of an entry of the chain where a segment begins, and the bits of a place in it. */
  private static final int BEGIN = 1 << 31;

  private static final int PLACE = (1 << 20) - 1;

  private final int[] starts = new int[256];
  private final int[] chain = new int[Bzip2Block.MAX_BLOCK + 1];
  private int length;
  private int origin;

  // Each walker could bring the whole text.
  private final byte[] walked = new byte[WALKERS * ROOM];
  private final int[] walkerAt = new int[WALKERS];
  private final int[] walkerTo = new int[WALKERS];
  private final int[] walkerSegment = new int[WALKERS];
  private final int[] segmentFrom = new int[SEGMENTS];
  private final int[] segmentLength = new int[SEGMENTS];
  private final int[] segmentNext = new int[SEGMENTS];
  private int spacing;
  private int segments;
  private int begun;

  /**
   * Writes the text.
   *
   * @param sorted the last byte of each rotation
   * @param length how many there are, at least one
   * @param counts how often each byte stands among them
   * @param origin which rotation is the text itself
   * @param text gets the text, from index 0
   */
  void unsort(byte[] sorted, int length, int[] counts, int origin, byte[] text) {
    this.length = length;
    this.origin = origin;
    int sum = 0;
    for (int value = 0; value < 256; value++) {
      starts[value] = sum;
      sum += counts[value];
    }
    for (int from = 0; from < length; from += STRETCH) {
      link(sorted, from, Math.min(length, from + STRETCH));
    }
    walkAll();
    join(text);
  }

  private void link(byte[] sorted, int from, int to) {
    final int[] chain = this.chain;
    final int[] starts = this.starts;
    for (int i = from; i < to; i++) {
      int value = sorted[i] & 0xFF;
      chain[starts[value]++] = i << 8 | value;
    }
  }

  private void walkAll() {
    spacing = length / SEGMENTS + 1;
    segments = (length + spacing - 1) / spacing;
    for (int segment = 0; segment < segments; segment++) {
      chain[beginOf(segment)] |= BEGIN;
    }
    // Where walkers without work turn round.
    chain[length] = length << 8;
    begun = 0;
    int ended = 0;
    for (int walker = 0; walker < WALKERS; walker++) {
      walkerTo[walker] = walker * ROOM;
      begin(walker);
    }
    while (ended < segments) {
      walk();
      for (int walker = 0; walker < WALKERS; walker++) {
        int at = walkerAt[walker];
        if (chain[at] < 0) {
          int segment = walkerSegment[walker];
          segmentLength[segment] = walkerTo[walker] - segmentFrom[segment];
          segmentNext[segment] = segmentAt(at);
          ended++;
          begin(walker);
        }
      }
    }
  }

  private int beginOf(int segment) {
    return (origin + segment * spacing) % length;
  }

  private int segmentAt(int place) {
    return (place < origin ? place + length - origin : place - origin) / spacing;
  }

  /** Gives a walker the next segment, and takes the first step, over the mark. */
  private void begin(int walker) {
    if (begun == segments) {
      walkerAt[walker] = length;
      return;
    }
    int entry = chain[beginOf(begun)];
    segmentFrom[begun] = walkerTo[walker];
    walked[walkerTo[walker]++] = (byte) entry;
    walkerAt[walker] = entry >>> 8 & PLACE;
    walkerSegment[walker] = begun++;
  }

  /** Lets all walkers take steps until one stands where a segment begins, or for a stretch. */
  private void walk() {
    final int[] chain = this.chain;
    final byte[] walked = this.walked;
    final int[] ats = walkerAt;
    final int[] tos = walkerTo;
    int at0 = ats[0];
    int at1 = ats[1];
    int at2 = ats[2];
    int at3 = ats[3];
    int at4 = ats[4];
    int at5 = ats[5];
    int at6 = ats[6];
    int at7 = ats[7];
    final int to0 = tos[0];
    final int to1 = tos[1];
    final int to2 = tos[2];
    final int to3 = tos[3];
    final int to4 = tos[4];
    final int to5 = tos[5];
    final int to6 = tos[6];
    final int to7 = tos[7];
    int i = 0;
    for (; i < STRETCH; i++) {
      int entry0 = chain[at0];
      int entry1 = chain[at1];
      int entry2 = chain[at2];
      int entry3 = chain[at3];
      int entry4 = chain[at4];
      int entry5 = chain[at5];
      int entry6 = chain[at6];
      int entry7 = chain[at7];
      if ((entry0 | entry1 | entry2 | entry3 | entry4 | entry5 | entry6 | entry7) < 0) {
        break;
      }
      walked[to0 + i] = (byte) entry0;
      walked[to1 + i] = (byte) entry1;
      walked[to2 + i] = (byte) entry2;
      walked[to3 + i] = (byte) entry3;
      walked[to4 + i] = (byte) entry4;
      walked[to5 + i] = (byte) entry5;
      walked[to6 + i] = (byte) entry6;
      walked[to7 + i] = (byte) entry7;
      at0 = entry0 >>> 8;
      at1 = entry1 >>> 8;
      at2 = entry2 >>> 8;
      at3 = entry3 >>> 8;
      at4 = entry4 >>> 8;
      at5 = entry5 >>> 8;
      at6 = entry6 >>> 8;
      at7 = entry7 >>> 8;
    }
    ats[0] = at0;
    ats[1] = at1;
    ats[2] = at2;
    ats[3] = at3;
    ats[4] = at4;
    ats[5] = at5;
    ats[6] = at6;
    ats[7] = at7;
    for (int walker = 0; walker < WALKERS; walker++) {
      // A walker without work writes the same stretch again and again.
      if (ats[walker] != length) {
        tos[walker] += i;
      }
    }
  }

  /** Puts the segments in order. A text that repeats itself may have come round before its end. */
  private void join(byte[] text) {
    int segment = 0;
    for (int joined = 0; joined < length; segment = segmentNext[segment]) {
      int more = Math.min(segmentLength[segment], length - joined);
      System.arraycopy(walked, segmentFrom[segment], text, joined, more);
      joined += more;
    }
  }
}
