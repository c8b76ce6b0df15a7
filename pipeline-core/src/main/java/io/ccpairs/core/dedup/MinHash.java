package io.ccpairs.core.dedup;

import io.ccpairs.core.pair.PairId;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Signatures of shingle sets, cut into bands (Broder 1997; banding as in Leskovec, Rajaraman and
 * Ullman, section 3.4). Two sets of Jaccard similarity s share at least one of b bands of r rows
 * with probability 1 - (1 - s^r)^b.
 *
 * <p>Each of the b · r hash functions multiplies a shingle's hash by an odd constant, adds another
 * and keeps the smallest: one multiplication and one comparison for each shingle and function.
 */
public final class MinHash implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int bands;
  private final int rows;
  private final long[] multipliers;
  private final long[] offsets;

  /**
   * Functions drawn by the seed.
   *
   * @param bands how many chances two texts have to meet
   * @param rows how many values must agree for a meeting
   */
  public MinHash(int bands, int rows, long seed) {
    if (bands < 1 || rows < 1) {
      throw new IllegalArgumentException(
          "bands and rows must be at least 1, are " + bands + " and " + rows);
    }
    this.bands = bands;
    this.rows = rows;
    this.multipliers = new long[bands * rows];
    this.offsets = new long[bands * rows];
    // A seed that is its own negative would draw each offset as its multiplier.
    long mirrored = seed == -seed ? PairId.mix(seed + 1) : -seed;
    for (int i = 0; i < multipliers.length; i++) {
      multipliers[i] = PairId.mix(seed + 2L * i) | 1;
      offsets[i] = PairId.mix(mirrored + 2L * i);
    }
  }

  /** The chance that two texts of this similarity share a band, between 0 and 1. */
  public double recall(double jaccard) {
    return 1 - Math.pow(1 - Math.pow(jaccard, rows), bands);
  }

  /**
   * One key for each band; texts that share a key are candidates. Keys of different bands differ
   * even where their values are equal.
   *
   * @param shingles distinct hashes, not empty
   */
  public long[] bands(long[] shingles) {
    long[] least = new long[multipliers.length];
    Arrays.fill(least, Long.MAX_VALUE);
    for (long shingle : shingles) {
      for (int i = 0; i < least.length; i++) {
        long value = shingle * multipliers[i] + offsets[i];
        least[i] = Math.min(least[i], value);
      }
    }
    long[] keys = new long[bands];
    for (int band = 0; band < bands; band++) {
      long key = band + 1L;
      for (int row = band * rows; row < (band + 1) * rows; row++) {
        key = PairId.mix(key * 31 + least[row]);
      }
      keys[band] = key;
    }
    return keys;
  }
}
