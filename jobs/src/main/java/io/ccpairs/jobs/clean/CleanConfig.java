package io.ccpairs.jobs.clean;

import io.ccpairs.jobs.spark.Dropped;

/**
 * What the stage {@code clean} writes beside its table.
 *
 * @param seed decides which dropped rows the samples hold
 * @param droppedSample dropped rows kept for each origin and verdict
 * @param dropped whether dropped rows are written as that sample or all of them
 */
public record CleanConfig(long seed, int droppedSample, Dropped dropped) {
  /** What holds when nobody says otherwise. */
  public static CleanConfig defaults() {
    return new CleanConfig(42, 100, Dropped.SAMPLE);
  }
}
