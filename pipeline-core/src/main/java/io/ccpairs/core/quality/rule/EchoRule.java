package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;

/**
 * Drops a passage that mostly repeats its query, which teaches a model to copy. Passages of more
 * than twice the query's words say something of their own.
 *
 * @param maxOverlap of the query's distinct words, the share that a short passage may hold
 */
public record EchoRule(double maxOverlap) implements Rule {
  @Override
  public Verdict judge(PairFacts pair) {
    if (pair.passage().words() >= 2 * pair.query().words()) {
      return Verdict.KEEP;
    }
    long[] query = pair.query().distinctWords();
    long[] passage = pair.passage().distinctWords();
    int echoed = 0;
    int j = 0;
    for (long word : query) {
      while (j < passage.length && passage[j] < word) {
        j++;
      }
      if (j < passage.length && passage[j] == word) {
        echoed++;
      }
    }
    boolean addsLittle = passage.length - echoed <= (1 - maxOverlap) * passage.length;
    return echoed > maxOverlap * query.length && addsLittle ? Verdict.ECHO : Verdict.KEEP;
  }
}
