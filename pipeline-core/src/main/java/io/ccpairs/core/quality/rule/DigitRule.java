package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;

/**
 * Drops a passage of numbers: tables of results, phone lists, logs.
 *
 * @param maxDigitShare of its characters, the share that may be digits
 */
public record DigitRule(double maxDigitShare) implements Rule {
  @Override
  public Verdict judge(PairFacts pair) {
    return pair.passage().digitShare() > maxDigitShare ? Verdict.DIGITS : Verdict.KEEP;
  }
}
