package io.ccpairs.core.corpus;

import java.io.Serializable;

/**
 * What a generated corpus holds.
 *
 * @param seed another seed makes another corpus
 * @param pairs about how many pairs the miner will find in it
 * @param wrongShare of the answers, how many belong to another question; each is named in the truth
 *     file
 * @param duplicateShare of the threads, how many repeat an earlier one, half of them with small
 *     changes
 * @param heldOutQueries queries of the held-out retrieval task, whose concepts no thread or page is
 *     about
 * @param threadsPerFile threads or pages in each file
 */
public record CorpusConfig(
    long seed,
    long pairs,
    double wrongShare,
    double duplicateShare,
    int heldOutQueries,
    int threadsPerFile)
    implements Serializable {

  /** What holds when nobody says otherwise. */
  public static CorpusConfig defaults() {
    return new CorpusConfig(
        7, 20_000, // mined in half a minute on a laptop
        0.18, // noisy enough that a filter has something to find
        0.05, 500, 20_000); // about 30 MB of text
  }

  public CorpusConfig {
    if (pairs < 1 || threadsPerFile < 1 || heldOutQueries < 0) {
      throw new IllegalArgumentException(
          "pairs and threads-per-file must be at least 1, held-out-queries at least 0");
    }
    if (wrongShare < 0 || wrongShare > 1 || duplicateShare < 0 || duplicateShare > 1) {
      throw new IllegalArgumentException(
          "wrong-share and duplicate-share must lie between 0 and 1");
    }
  }
}
