package io.ccpairs.core.eval.task;

import java.util.List;

/**
 * Pairs of sentences with how alike people find them.
 *
 * @param first sentences
 * @param second sentences, as many
 * @param scores of the pairs, higher is more alike; the scale does not matter
 * @param unscored pairs in the file that have no score and are left out
 */
public record SentencePairs(
    List<String> first, List<String> second, List<Double> scores, int unscored) {
  public SentencePairs {
    if (first.size() != second.size() || first.size() != scores.size()) {
      throw new IllegalArgumentException(
          "Cannot pair "
              + first.size()
              + " with "
              + second.size()
              + " sentences under "
              + scores.size()
              + " scores");
    }
    first = List.copyOf(first);
    second = List.copyOf(second);
    scores = List.copyOf(scores);
  }
}
