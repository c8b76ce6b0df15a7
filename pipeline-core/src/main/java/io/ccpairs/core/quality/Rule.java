package io.ccpairs.core.quality;

import io.ccpairs.core.pair.Verdict;
import java.io.Serializable;

/** Judges one pair and says why. It does not count, log or read anything else. */
public interface Rule extends Serializable {
  /** KEEP, or the one reason for which this rule drops pairs. */
  Verdict judge(PairFacts pair);
}
