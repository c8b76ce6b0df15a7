package io.ccpairs.jobs.filter;

import io.ccpairs.jobs.spark.Dropped;
import java.io.Serializable;

/**
 * The consistency filter.
 *
 * @param k a pair stays when its passage ranks among the first k
 * @param rankUpTo ranks are counted up to this; a later call may ask for any k up to it without
 *     encoding anything. At least k
 * @param poolSize passages to rank against
 * @param stratum which pairs share a pool
 * @param maxTokens of a text, prefix included; 0 for what the model's folder says
 * @param batchPairs pairs that are encoded and ranked together; decisions near a tie may depend on
 *     it by rounding, so it shapes the rows
 * @param piecePairs after about so many pairs the work done so far is kept for a restart
 * @param seed draws the pool, and decides which dropped rows the samples hold
 * @param droppedSample dropped rows kept for each origin and verdict
 * @param dropped whether dropped rows are written as that sample or all of them
 */
public record FilterConfig(
    int k,
    int rankUpTo,
    int poolSize,
    Stratum stratum,
    int maxTokens,
    int batchPairs,
    long piecePairs,
    long seed,
    int droppedSample,
    Dropped dropped)
    implements Serializable {

  /** Which pairs share a pool. */
  public enum Stratum {
    /** All pairs of the table. */
    ALL,
    /** The pairs of one origin. */
    ORIGIN
  }

  public FilterConfig {
    if (k < 1 || rankUpTo < k) {
      throw new IllegalArgumentException(
          "k must be at least 1, is " + k + "; rank-up-to at least k, is " + rankUpTo);
    }
    if (poolSize < 1 || batchPairs < 1 || piecePairs < 1 || maxTokens < 0) {
      throw new IllegalArgumentException(
          "pool-size, batch-pairs and piece-pairs must be at least 1, max-tokens at least 0");
    }
  }

  /** E5's values. */
  public static FilterConfig defaults() {
    return new FilterConfig(
        2, // E5, section 3
        10,
        1_000_000, // E5, section 3
        Stratum.ALL,
        128, // E5's length in pre-training
        8_192,
        1_000_000,
        42,
        100,
        Dropped.SAMPLE);
  }
}
