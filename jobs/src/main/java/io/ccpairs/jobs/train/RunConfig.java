package io.ccpairs.jobs.train;

import java.io.Serializable;

/**
 * How a training runs; none of it changes what is learned, but for rounding by the number of ranks.
 *
 * @param ranks how many; 0 for one on each executor, and one in local mode
 * @param logSteps a line of figures every so many steps
 * @param checkpointSteps a checkpoint every so many steps
 * @param checkpointsKept the newest checkpoints that stay while the training runs
 * @param restarts how often the driver begins again from the last checkpoint without a new one in
 *     between, after Spark itself has given up
 * @param precision of products and attention on GPUs; CPUs compute in float32
 * @param silentSeconds a rank that waits for another for so long gives it up
 */
public record RunConfig(
    int ranks,
    int logSteps,
    int checkpointSteps,
    int checkpointsKept,
    int restarts,
    GpuPrecision precision,
    int silentSeconds)
    implements Serializable {

  /** Number formats on GPUs. */
  public enum GpuPrecision {
    BFLOAT16,
    FLOAT32
  }

  public RunConfig {
    if (ranks < 0 || restarts < 0) {
      throw new IllegalArgumentException("ranks and restarts must be at least 0");
    }
    if (logSteps < 1 || checkpointSteps < 1 || checkpointsKept < 1 || silentSeconds < 1) {
      throw new IllegalArgumentException(
          "log-steps, checkpoint-steps, checkpoints-kept and silent-seconds must be at least 1");
    }
  }

  /** What holds when nobody says otherwise. */
  public static RunConfig defaults() {
    return new RunConfig(
        0, 10, 500, 2, 3, GpuPrecision.BFLOAT16, 300); // a large checkpoint takes a while to write
  }
}
