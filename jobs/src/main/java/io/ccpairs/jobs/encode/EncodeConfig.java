package io.ccpairs.jobs.encode;

import java.io.Serializable;

/**
 * How texts of a table are encoded.
 *
 * @param maxTokens of a text, prefix included; 0 for what the model's folder says
 * @param batchPairs pairs whose texts are encoded together, each distinct text once
 */
public record EncodeConfig(int maxTokens, int batchPairs) implements Serializable {
  public EncodeConfig {
    if (maxTokens < 0 || batchPairs < 1) {
      throw new IllegalArgumentException("max-tokens must be at least 0, batch-pairs at least 1");
    }
  }

  /** What holds when nobody says otherwise. */
  public static EncodeConfig defaults() {
    return new EncodeConfig(128, 8_192);
  }
}
