package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;
import io.ccpairs.core.quality.TextFacts;

/**
 * Drops a passage that says the same over and over, by the measures of Gopher (table A1): lines
 * that stood before, the most frequent 2 to 4 words in a row, and 5 to 10 words in a row that stood
 * before. Of shorter passages, which repeat words by necessity, the share of distinct words is
 * measured. Formulas count for neither: they repeat their signs.
 *
 * @param minWords passages of so many words are measured as Gopher does
 * @param maxRepeatedLineShare of the characters, the share that may stand in repeated lines
 * @param scale factor on Gopher's own limits for words in a row; 1 for exactly these
 * @param minDistinctShare of the words of a passage of eight words or more, the share of distinct
 *     ones; half of it for scripts whose words are characters
 */
public record RepetitionRule(
    int minWords, double maxRepeatedLineShare, double scale, double minDistinctShare)
    implements Rule {
  /** "No, no, no, no!" may be an answer. */
  private static final int SHORTEST = 8;

  /** Gopher's limits for the most frequent 2, 3 and 4 words in a row. */
  private static final double[] TOP = {0.20, 0.18, 0.16};

  /** Gopher's limits for repeated 5, 6 … 10 words in a row. */
  private static final double[] REPEATED = {0.15, 0.14, 0.13, 0.12, 0.11, 0.10};

  @Override
  public Verdict judge(PairFacts pair) {
    TextFacts passage = pair.passage();
    if (passage.words() < minWords) {
      double least = passage.unspaced() ? minDistinctShare / 2 : minDistinctShare;
      boolean same = passage.words() >= SHORTEST && passage.distinctWordShare() < least;
      return same ? Verdict.REPETITIVE : Verdict.KEEP;
    }
    boolean repeats = passage.repeatedLineShare() > maxRepeatedLineShare;
    // Where each character counts as a word, a run of three times as many says as much.
    int unit = passage.unspaced() ? 3 : 1;
    for (int i = 0; i < TOP.length && !repeats; i++) {
      repeats = passage.topNgramShare((2 + i) * unit) > scale * TOP[i];
    }
    for (int i = 0; i < REPEATED.length && !repeats; i++) {
      repeats = passage.repeatedNgramShare((5 + i) * unit) > scale * REPEATED[i];
    }
    return repeats ? Verdict.REPETITIVE : Verdict.KEEP;
  }
}
