package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;

/**
 * Drops a pair whose query and passage are in different languages. Both must be long enough to
 * tell; languages that are easily taken for one another do not contradict.
 *
 * @param minWords shorter sides are not compared
 * @param minConfidence how sure both guesses must be, between 0 and 1
 */
public record LanguageMismatchRule(int minWords, double minConfidence) implements Rule {
  @Override
  public Verdict judge(PairFacts pair) {
    boolean longEnough = pair.query().words() >= minWords && pair.passage().words() >= minWords;
    return longEnough && pair.queryLanguage().contradicts(pair.passageLanguage(), minConfidence)
        ? Verdict.LANGUAGE_MISMATCH
        : Verdict.KEEP;
  }
}
