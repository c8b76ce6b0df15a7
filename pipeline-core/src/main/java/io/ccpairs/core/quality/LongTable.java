package io.ccpairs.core.quality;

/** Counts of 64-bit hashes, by open addressing. */
final class LongTable {
  private final long[] keys;
  private final int[] counts;
  private final int mask;

  /** A table for at most so many distinct keys. */
  LongTable(int expected) {
    int size = Integer.highestOneBit(Math.max(8, 2 * expected)) << 1;
    this.keys = new long[size];
    this.counts = new int[size];
    this.mask = size - 1;
  }

  /** Counts a key once more and returns its count. */
  int increment(long key) {
    return ++counts[slot(key)];
  }

  /** How often a key was counted. */
  int count(long key) {
    return counts[slot(key)];
  }

  private int slot(long key) {
    int slot = (int) key & mask;
    while (counts[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    keys[slot] = key;
    return slot;
  }
}
