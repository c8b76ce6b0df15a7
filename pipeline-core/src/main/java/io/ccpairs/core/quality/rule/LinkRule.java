package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;

/**
 * Drops a passage that is little more than web addresses.
 *
 * @param maxLinkShare of its characters, the share that may belong to addresses
 */
public record LinkRule(double maxLinkShare) implements Rule {
  @Override
  public Verdict judge(PairFacts pair) {
    return pair.passage().linkShare() > maxLinkShare ? Verdict.LINK_ONLY : Verdict.KEEP;
  }
}
