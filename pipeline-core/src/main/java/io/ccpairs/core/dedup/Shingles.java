package io.ccpairs.core.dedup;

import io.ccpairs.core.pair.PairId;
import java.util.Arrays;

/** The sets of words in a row by which texts are compared. */
public final class Shingles {
  private Shingles() {}

  /**
   * The hashes of all runs of n words.
   *
   * @param folded words separated by one space
   * @param n words in a run; a shorter text is one run of all its words
   * @return distinct, sorted; empty for an empty text
   */
  public static long[] of(String folded, int n) {
    if (folded.isEmpty()) {
      return new long[0];
    }
    long[] words = words(folded);
    int size = Math.max(1, words.length - n + 1);
    int run = Math.min(n, words.length);
    long[] shingles = new long[size];
    for (int i = 0; i < size; i++) {
      long hash = run;
      for (int k = i; k < i + run; k++) {
        hash = (Long.rotateLeft(hash, 23) ^ words[k]) * 0x9E3779B97F4A7C15L;
      }
      shingles[i] = PairId.mix(hash);
    }
    Arrays.sort(shingles);
    int distinct = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0 || shingles[i] != shingles[i - 1]) {
        shingles[distinct++] = shingles[i];
      }
    }
    return distinct == size ? shingles : Arrays.copyOf(shingles, distinct);
  }

  /**
   * Shared shingles by all shingles of both (Jaccard).
   *
   * @param a distinct, sorted
   * @param b distinct, sorted
   * @return between 0 and 1; 0 for two empty sets
   */
  public static double jaccard(long[] a, long[] b) {
    int i = 0;
    int j = 0;
    int shared = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        shared++;
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    int all = a.length + b.length - shared;
    return all == 0 ? 0 : (double) shared / all;
  }

  private static long[] words(String folded) {
    int count = 1;
    for (int i = 0; i < folded.length(); i++) {
      count += folded.charAt(i) == ' ' ? 1 : 0;
    }
    long[] words = new long[count];
    long hash = 0;
    int word = 0;
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c == ' ') {
        words[word++] = PairId.mix(hash);
        hash = 0;
      } else {
        hash = hash * 0x100000001B3L + c + 1;
      }
    }
    words[word] = PairId.mix(hash);
    return words;
  }
}
