package io.ccpairs.jobs.leak;

import io.ccpairs.jobs.spark.Dropped;

/**
 * When a pair counts as part of an evaluation set.
 *
 * @param minWords shorter evaluation texts are passed over: names and short answers stand
 *     everywhere
 * @param ngramWords words in a run; texts with fewer are found only whole
 * @param minShare of the runs of the shorter text, the share that the other must have, above 0 and
 *     at most 1
 * @param corpora whether the documents of evaluation sets count, or only their queries and other
 *     texts
 * @param seed decides which dropped rows the samples hold
 * @param droppedSample dropped rows kept for each origin
 * @param dropped whether dropped rows are written as that sample or all of them
 */
public record LeakConfig(
    int minWords,
    int ngramWords,
    double minShare,
    boolean corpora,
    long seed,
    int droppedSample,
    Dropped dropped) {

  public LeakConfig {
    if (ngramWords < 2 || !(minShare > 0 && minShare <= 1)) {
      throw new IllegalArgumentException(
          "ngram-words must be at least 2, is "
              + ngramWords
              + "; min-share above 0 and at most 1, is "
              + minShare);
    }
  }

  /** What holds when nobody says otherwise. */
  public static LeakConfig defaults() {
    return new LeakConfig(
        4,
        8, // shorter runs are common phrases; a question has about ten words
        0.8,
        true,
        42,
        100,
        Dropped.SAMPLE);
  }
}
