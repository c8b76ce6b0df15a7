package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;

/**
 * Drops what is too short to ask or answer anything, or longer than an encoder or a reader takes
 * in.
 *
 * @param minQueryWords a query has at least so many words
 * @param minPassageWords a passage has at least so many words
 * @param maxPassageWords a passage has at most so many words
 */
public record LengthRule(int minQueryWords, int minPassageWords, int maxPassageWords)
    implements Rule {
  @Override
  public Verdict judge(PairFacts pair) {
    int words = pair.passage().words();
    if (pair.query().words() < minQueryWords || words < minPassageWords) {
      return Verdict.TOO_SHORT;
    }
    return words > maxPassageWords ? Verdict.TOO_LONG : Verdict.KEEP;
  }
}
