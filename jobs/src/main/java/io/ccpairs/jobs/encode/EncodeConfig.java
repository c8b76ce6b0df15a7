package io.ccpairs.jobs.encode;

import java.io.Serializable;

/**
 * How texts of a table are encoded.
 *
 * @param maxTokens of a text, prefix included; 0 for what the model's folder says
 * @param batchPairs pairs whose texts are encoded together, each distinct text once
 * @param tasksPerGpu tasks that share a GPU, where executors have GPUs and tasks do not ask for
 *     them
 */
public record EncodeConfig(int maxTokens, int batchPairs, int tasksPerGpu) implements Serializable {
  public EncodeConfig {
    if (maxTokens < 0 || batchPairs < 1 || tasksPerGpu < 1) {
      throw new IllegalArgumentException(
          "max-tokens must be at least 0, batch-pairs and tasks-per-gpu at least 1");
    }
  }

  /** What holds when nobody says otherwise. */
  public static EncodeConfig defaults() {
    return new EncodeConfig(128, 8_192, 1);
  }
}
