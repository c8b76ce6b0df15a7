package io.ccpairs.core.rank;

import java.io.Serializable;
import java.util.Comparator;

/**
 * A passage that was found for a query.
 *
 * @param id of the passage
 * @param score higher is better; float32, as trec_eval reads scores, so that ties are the same
 *     there
 */
public record Hit(String id, float score) implements Serializable {
  /**
   * The order of trec_eval: higher scores first, of equal scores the id that sorts last. It depends
   * on nothing but the hits, so every way to find them gives the same list.
   */
  public static final Comparator<Hit> BEST_FIRST =
      (a, b) -> {
        int byScore = Float.compare(b.score, a.score);
        return byScore != 0 ? byScore : compareIds(b.id, a.id);
      };

  /** Compares ids by code points, which is the order of their UTF-8 bytes. */
  static int compareIds(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
