package io.ccpairs.core.train;

import java.io.Serializable;
import java.util.function.Consumer;

/**
 * How an encoder is trained. The batch itself, its size and its order belong to the shards.
 *
 * @param temperature divides cosines in the loss (E5, section 4.1); above 0
 * @param learningRate the highest, reached after the warm-up
 * @param warmupSteps over which the rate grows linearly; 0 for none
 * @param steps optimiser steps of the whole training; the rate falls linearly towards 0 at its end
 * @param weightDecay AdamW's, on matrices and embeddings; biases and norms have none
 * @param clipNorm the most that the norm of all gradients together may be; 0 does not clip
 * @param beta1 AdamW's average of gradients
 * @param beta2 AdamW's average of squared gradients
 * @param epsilon AdamW's, added to the root of the second average
 * @param maxTokens the most tokens of a text, prefix and special tokens included; 0 for what the
 *     model's folder says
 * @param chunkTokens tokens computed at once: the knob for memory. Any value gives the same
 *     gradients, up to rounding and the draws of dropout
 * @param keptTokens of the last chunks, how many tokens' activations may stay in memory between the
 *     two passes, which spares encoding them again; at least one chunk's
 * @param dropout whether the model's own dropout is on
 * @param seed of dropout
 * @param threads of one operation on the CPU; 0 leaves the engine's own choice, one for each core
 */
public record TrainConfig(
    double temperature,
    double learningRate,
    int warmupSteps,
    long steps,
    double weightDecay,
    double clipNorm,
    double beta1,
    double beta2,
    double epsilon,
    int maxTokens,
    int chunkTokens,
    int keptTokens,
    Dropout dropout,
    long seed,
    int threads)
    implements Serializable {

  /** Whether hidden values are dropped in training. */
  public enum Dropout {
    /** As much as the model's configuration says. */
    MODEL,
    /** None: for tests and for encoders too small to overfit. */
    NONE
  }

  public TrainConfig {
    positive("temperature", temperature);
    positive("learning rate", learningRate);
    positive("epsilon", epsilon);
    atLeast("steps", steps, 1);
    atLeast("warm-up steps", warmupSteps, 0);
    atLeast("tokens of a text", maxTokens, 0);
    atLeast("tokens of a chunk", chunkTokens, 1);
    atLeast("kept tokens", keptTokens, 0);
    atLeast("threads", threads, 0);
    if (!(weightDecay >= 0) || !(clipNorm >= 0)) {
      throw new IllegalArgumentException(
          "Cannot train with weight decay " + weightDecay + " and clip norm " + clipNorm);
    }
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "Cannot train with betas " + beta1 + " and " + beta2 + ": each is from 0 to below 1");
    }
  }

  private static void positive(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "Cannot train with " + what + " " + value + ": it must be above 0");
    }
  }

  private static void atLeast(String what, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "Cannot train with " + what + " " + value + ": it must be at least " + least);
    }
  }

  /** E5-small's pre-training. */
  public static TrainConfig defaults() {
    return new TrainConfig(
        0.01, // E5's; cosines then settle between 0.7 and 1
        3e-4, // E5-small's; base 2e-4, large 1e-4
        1000, // E5's
        20_000, // E5's, of 32,768 pairs each
        0.01, // E5's
        1.0, // usual for BERT
        0.9, // Adam's own
        0.999, // Adam's own
        1e-8, // Adam's own
        128, // E5's
        2048, // on CPUs activations of more leave the caches; give a GPU 65,536
        0, // one chunk is always kept
        Dropout.MODEL,
        0,
        0);
  }

  /** The same but for what is changed: {@code config.with(c -> c.steps = 100)}. */
  public TrainConfig with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.config();
  }

  /** The values of a configuration that is being made, under the names of its parts. */
  public static final class Draft {
    public double temperature;
    public double learningRate;
    public int warmupSteps;
    public long steps;
    public double weightDecay;
    public double clipNorm;
    public double beta1;
    public double beta2;
    public double epsilon;
    public int maxTokens;
    public int chunkTokens;
    public int keptTokens;
    public Dropout dropout;
    public long seed;
    public int threads;

    private Draft(TrainConfig from) {
      temperature = from.temperature;
      learningRate = from.learningRate;
      warmupSteps = from.warmupSteps;
      steps = from.steps;
      weightDecay = from.weightDecay;
      clipNorm = from.clipNorm;
      beta1 = from.beta1;
      beta2 = from.beta2;
      epsilon = from.epsilon;
      maxTokens = from.maxTokens;
      chunkTokens = from.chunkTokens;
      keptTokens = from.keptTokens;
      dropout = from.dropout;
      seed = from.seed;
      threads = from.threads;
    }

    private TrainConfig config() {
      return new TrainConfig(
          temperature,
          learningRate,
          warmupSteps,
          steps,
          weightDecay,
          clipNorm,
          beta1,
          beta2,
          epsilon,
          maxTokens,
          chunkTokens,
          keptTokens,
          dropout,
          seed,
          threads);
    }
  }

  /**
   * The learning rate of a step: {@code step / warmupSteps} of the highest while it grows, then a
   * straight line that would reach 0 one step after the last. No step has rate 0.
   *
   * @param step counts from 1
   * @return 0 beyond the last step
   */
  public double learningRate(long step) {
    if (step <= warmupSteps) {
      return learningRate * step / warmupSteps;
    }
    long left = Math.max(0, steps + 1 - step);
    return learningRate * left / (steps + 1 - Math.min(warmupSteps, steps));
  }
}
