package io.ccpairs.jobs.shard;

import java.io.Serializable;

/**
 * How pairs become batches.
 *
 * @param batchPairs the most pairs of a global batch, over all ranks
 * @param slices row groups of a batch; the ranks of a training must divide it
 * @param epochs passes over the table that are laid out, each in an order of its own; a training
 *     that runs longer begins again with the first
 * @param pairs train on so many pairs of the table, drawn by their ids and the seed: the same in
 *     every epoch, and as if the table held no others. 0 for all; as many as there are where it
 *     holds fewer
 * @param mixing which pairs may share a batch
 * @param exponent sources stand in the proportion of weight · pairs^exponent: 1 takes them as they
 *     are, 0 makes them equally large
 * @param weights of the sources in that proportion; 0 leaves a source out
 * @param seed another seed makes other batches
 * @param filePairs about how many pairs a file holds
 */
public record ShardConfig(
    int batchPairs,
    int slices,
    int epochs,
    long pairs,
    Mixing mixing,
    double exponent,
    Weights weights,
    long seed,
    long filePairs)
    implements Serializable {

  /** Which pairs may share a batch. */
  public enum Mixing {
    /** All; each batch holds the sources in their proportion. */
    MIXED,
    /** Those of one origin: its negatives are harder than others'. */
    SINGLE_SOURCE
  }

  /** A weight for each source. */
  public record Weights(double reddit, double stackexchange, double wikipedia)
      implements Serializable {
    /** Weights in the order of the origins. */
    double[] byOrigin() {
      return new double[] {reddit, stackexchange, wikipedia};
    }
  }

  public ShardConfig {
    if (batchPairs < 2) {
      throw new IllegalArgumentException("batch-pairs must be at least 2, is " + batchPairs);
    }
    if (slices < 1 || slices > batchPairs) {
      throw new IllegalArgumentException(
          "slices must be at least 1 and at most batch-pairs, "
              + batchPairs
              + ", is "
              + slices
              + "; set shard.slices");
    }
    if (epochs < 1 || filePairs < 1 || pairs < 0) {
      throw new IllegalArgumentException(
          "epochs and file-pairs must be at least 1, pairs at least 0");
    }
    boolean anyWeight = false;
    for (double weight : weights.byOrigin()) {
      if (!(weight >= 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("weights must be 0 or more, one is " + weight);
      }
      anyWeight |= weight > 0;
    }
    if (!anyWeight || !(exponent >= 0 && exponent <= 2)) {
      throw new IllegalArgumentException(
          "one weight must be above 0, and exponent between 0 and 2, is " + exponent);
    }
  }

  /** E5's batch. */
  public static ShardConfig defaults() {
    return new ShardConfig(
        32_768, // E5, over all GPUs
        16, // 1, 2, 4, 8 or 16 ranks
        1,
        0,
        Mixing.MIXED, // E5's; later recipes fill a batch from one source
        1.0,
        new Weights(1, 1, 1),
        42,
        262_144); // about 100 MB
  }
}
