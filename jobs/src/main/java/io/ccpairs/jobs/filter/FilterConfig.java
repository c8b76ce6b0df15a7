package io.ccpairs.jobs.filter;

import io.ccpairs.jobs.encode.EncodeConfig;
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
 * @param minStratum languages with fewer pairs share one pool, {@code other}; with {@link
 *     Stratum#LANGUAGE} only
 * @param maxTokens of a text, prefix included; 0 for what the model's folder says
 * @param batchPairs pairs that are encoded and ranked together; vectors depend on it in their last
 *     bits, so it shapes the rows
 * @param piecePairs after about so many pairs, or passages of the pool, the work done so far is
 *     kept for a restart
 * @param fullRankSample of about so many pairs of each stratum and origin all that outrank them are
 *     counted, for the keep rate as a function of k
 * @param tasksPerGpu tasks that share a GPU, where executors have GPUs and tasks do not ask for
 *     them
 * @param seed draws the pool and the samples
 * @param droppedSample dropped rows kept for each origin and verdict
 * @param dropped whether dropped rows are written as that sample or all of them
 */
public record FilterConfig(
    int k,
    int rankUpTo,
    int poolSize,
    Stratum stratum,
    int minStratum,
    int maxTokens,
    int batchPairs,
    long piecePairs,
    int fullRankSample,
    int tasksPerGpu,
    long seed,
    int droppedSample,
    Dropped dropped)
    implements Serializable {

  /** Which pairs share a pool. */
  public enum Stratum {
    /** All pairs of the table. */
    WHOLE,
    /** The pairs of one origin. */
    ORIGIN,
    /** The pairs of one language. */
    LANGUAGE
  }

  public FilterConfig {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, is " + k);
    }
    if (rankUpTo < k) {
      throw new IllegalArgumentException(
          "rank-up-to is "
              + rankUpTo
              + ", so no rank beyond it is counted: it must be at least k, which is "
              + k);
    }
    EncodeConfig.checkMaxTokens(maxTokens);
    if (poolSize < 1 || batchPairs < 1 || piecePairs < 1 || tasksPerGpu < 1) {
      throw new IllegalArgumentException(
          "pool-size, batch-pairs, piece-pairs and tasks-per-gpu must be at least 1");
    }
    if (fullRankSample < 0 || minStratum < 0) {
      throw new IllegalArgumentException("full-rank-sample and min-stratum must be at least 0");
    }
  }

  /** E5's values. */
  public static FilterConfig defaults() {
    return new FilterConfig(
        2, // E5, section 3
        10,
        1_000_000, // E5, section 3
        Stratum.WHOLE,
        10_000, // a pool of fewer says little about rank 2
        128, // E5's length in pre-training
        8_192,
        1_000_000,
        1_000, // a full scan each: a second or two on two cores for a pool of a million
        1,
        42,
        100,
        Dropped.SAMPLE);
  }
}
