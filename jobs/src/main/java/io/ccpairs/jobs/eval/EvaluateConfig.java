package io.ccpairs.jobs.eval;

import io.ccpairs.jobs.encode.EncodeConfig;
import java.io.Serializable;

/**
 * How models are evaluated.
 *
 * @param maxTokens of a text, prefix included; 0 for what the model's folder says
 * @param depth hits kept for each query
 * @param driverMb corpora whose files are larger are encoded and searched by the executors
 * @param seed of the random baseline
 */
public record EvaluateConfig(int maxTokens, int depth, int driverMb, long seed)
    implements Serializable {
  public EvaluateConfig {
    EncodeConfig.checkMaxTokens(maxTokens);
    if (depth < 100 || driverMb < 0) {
      throw new IllegalArgumentException("driver-mb must be at least 0, depth at least 100");
    }
  }

  /** What holds when nobody says otherwise. */
  public static EvaluateConfig defaults() {
    return new EvaluateConfig(
        0, 1000, // as BEIR and MTEB
        32, // on the driver a corpus of this size is read faster than Spark starts a stage
        1);
  }
}
