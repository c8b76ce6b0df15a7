package io.ccpairs.core.quality;

import io.ccpairs.core.pair.PairId;
import java.util.Arrays;

/**
 * How much of a text's words is covered by runs of n words that it repeats (Gopher, table A1).
 *
 * <p>A run that stands twice begins with a shorter run that stands twice. So runs of n words are
 * sought only where shorter ones were found, and asking for growing n costs little more than asking
 * for the first.
 */
final class WordRuns {
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final int words;
  private final long[] hashes;
  private final int[] lengths;
  private final boolean[] inFormula;
  private final long chars;

  /** Where runs of {@link #measured} words begin that stand more than once, ascending. */
  private final int[] starts;

  /** The hash of the run that begins there. */
  private final long[] runs;

  private int repeated;
  private int measured;
  private double topShare;
  private double repeatedShare;

  /**
   * Runs of a text.
   *
   * @param words how many words it has, at least 1
   * @param hashes of its words
   * @param lengths of its words in characters
   * @param inFormula whether a word is of a formula and so in no run
   */
  WordRuns(int words, long[] hashes, int[] lengths, boolean[] inFormula) {
    this.words = words;
    this.hashes = hashes;
    this.lengths = lengths;
    this.inFormula = inFormula;
    this.chars = chars(0, words);
    this.starts = new int[words];
    this.runs = new long[words];
    begin();
  }

  /** Of the characters in words, the share that the most frequent run covers that repeats. */
  double topShare(int n) {
    measure(n);
    return topShare;
  }

  /** Of the characters in words, the share in runs that stood before, none counted twice. */
  double repeatedShare(int n) {
    measure(n);
    return repeatedShare;
  }

  private void begin() {
    repeated = words;
    measured = 0;
    Arrays.setAll(starts, i -> i);
    Arrays.fill(runs, 0);
  }

  private void measure(int n) {
    if (n == measured) {
      return;
    }
    if (n < measured) {
      begin();
    }
    int found = grow(n);
    LongTable counts = new LongTable(found);
    int best = 1;
    int bestAt = -1;
    long covered = 0;
    int coveredTo = 0;
    for (int k = 0; k < found; k++) {
      int start = starts[k];
      int count = counts.increment(runs[k]);
      if (count > best) {
        best = count;
        bestAt = start;
      }
      if (count > 1) {
        int from = Math.max(start, coveredTo);
        covered += chars(from, start + n);
        coveredTo = start + n;
      }
    }
    topShare = bestAt < 0 ? 0 : Math.min(1, (double) best * chars(bestAt, bestAt + n) / chars);
    repeatedShare = (double) covered / chars;
    repeated = 0;
    for (int k = 0; best > 1 && k < found; k++) {
      if (counts.count(runs[k]) > 1) {
        starts[repeated] = starts[k];
        runs[repeated++] = runs[k];
      }
    }
    measured = n;
  }

  /** Makes the runs longer, leaves out those that end behind the text or hold a formula. */
  private int grow(int n) {
    int found = 0;
    for (int k = 0; k < repeated; k++) {
      int start = starts[k];
      long hash = runs[k];
      boolean plain = start + n <= words;
      for (int i = start + measured; plain && i < start + n; i++) {
        plain = !inFormula[i];
        hash = (Long.rotateLeft(hash, 23) ^ hashes[i]) * MULTIPLIER;
      }
      if (plain) {
        starts[found] = start;
        runs[found++] = PairId.mix(hash);
      }
    }
    return found;
  }

  private long chars(int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += lengths[i];
    }
    return sum;
  }
}
