package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;

/**
 * Drops a passage that is little more than code or output of programs.
 *
 * @param maxCodeShare of its characters, the share that may stand in lines of code
 */
public record CodeRule(double maxCodeShare) implements Rule {
  @Override
  public Verdict judge(PairFacts pair) {
    return pair.passage().codeShare() > maxCodeShare ? Verdict.CODE_ONLY : Verdict.KEEP;
  }
}
