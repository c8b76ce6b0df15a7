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
    checkMaxTokens(maxTokens);
    if (batchPairs < 1 || tasksPerGpu < 1) {
      throw new IllegalArgumentException("batch-pairs and tasks-per-gpu must be at least 1");
    }
  }

  /**
   * Refuses a limit of tokens that leaves no room for text.
   *
   * @throws IllegalArgumentException when it is neither 0 nor at least 3
   */
  public static void checkMaxTokens(int maxTokens) {
    if (maxTokens != 0 && maxTokens < 3) {
      throw new IllegalArgumentException(
          "max-tokens is "
              + maxTokens
              + "; at least 3, as two are special, or 0 for what the model's folder says");
    }
  }

  /** What holds when nobody says otherwise. */
  public static EncodeConfig defaults() {
    return new EncodeConfig(128, 8_192, 1);
  }
}
