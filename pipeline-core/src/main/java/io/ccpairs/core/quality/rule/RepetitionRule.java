package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;
import io.ccpairs.core.quality.TextFacts;

/**
 * Drops a passage that says the same over and over, by the measures of Gopher (table A1): lines
 * that stood before, the most frequent 2 to 4 words in a row, and 5 to 10 words in a row that stood
 * before. Short passages repeat words by necessity and are let through.
 *
 * @param minWords shorter passages are not measured
 * @param maxRepeatedLineShare of the characters, the share that may stand in repeated lines
 * @param scale factor on Gopher's own limits for words in a row; 1 for exactly these
 */
public record RepetitionRule(int minWords, double maxRepeatedLineShare, double scale)
    implements Rule {
  /** Gopher's limits for the most frequent 2, 3 and 4 words in a row. */
  private static final double[] TOP = {0.20, 0.18, 0.16};

  /** Gopher's limits for repeated 5, 6 … 10 words in a row. */
  private static final double[] REPEATED = {0.15, 0.14, 0.13, 0.12, 0.11, 0.10};

  @Override
  public Verdict judge(PairFacts pair) {
    TextFacts passage = pair.passage();
    if (passage.words() < minWords) {
      return Verdict.KEEP;
    }
    boolean repeats = passage.repeatedLineShare() > maxRepeatedLineShare;
    // Where each character counts as a word, a run of twice as many says as much.
    int unit = passage.unspaced() ? 2 : 1;
    // What repeats no five words in a row repeats no longer run either.
    if (!repeats && passage.repeatedNgramShare(5 * unit) > 0) {
      for (int i = 0; i < REPEATED.length && !repeats; i++) {
        repeats = passage.repeatedNgramShare((5 + i) * unit) > scale * REPEATED[i];
      }
    }
    for (int i = 0; i < TOP.length && !repeats; i++) {
      repeats = passage.topNgramShare((2 + i) * unit) > scale * TOP[i];
    }
    return repeats ? Verdict.REPETITIVE : Verdict.KEEP;
  }
}
