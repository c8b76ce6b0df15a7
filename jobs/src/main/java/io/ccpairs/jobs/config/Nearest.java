package io.ccpairs.jobs.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant to write. */
public final class Nearest {
  private Nearest() {}

  /**
   * The candidate with the fewest insertions, deletions and replacements from {@code word}, the
   * first in alphabetical order among equals; none when that is more than half of the word.
   */
  public static Optional<String> to(String word, Collection<String> candidates) {
    return candidates.stream()
        .min(
            Comparator.comparingInt((String known) -> edits(word, known))
                .thenComparing(known -> known))
        .filter(known -> edits(word, known) <= Math.max(2, word.length() / 2));
  }

  /** The phrase to end an error with: {@code "; did you mean X?"}, or nothing. */
  public static String hint(String word, Collection<String> candidates) {
    return to(word, candidates).map(known -> "; did you mean " + known + "?").orElse("");
  }

  private static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
