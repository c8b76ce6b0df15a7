package io.ccpairs.core.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one optimiser step was like, over the whole global batch; equal on all ranks but for the
 * seconds.
 *
 * @param step its number, from 1
 * @param loss mean over the pairs: ln(pairs) where the encoder tells nothing apart
 * @param accuracy share of the queries whose own passage scored highest in the batch
 * @param gradientNorm before clipping; not finite where the weights were left as they were
 * @param learningRate of this step
 * @param pairs of the global batch
 * @param tokens that were encoded on all ranks, each text once
 * @param seconds the whole step on this rank
 * @param collectiveSeconds of these, waiting for and exchanging with other ranks
 */
public record StepReport(
    long step,
    double loss,
    double accuracy,
    double gradientNorm,
    double learningRate,
    int pairs,
    long tokens,
    double seconds,
    double collectiveSeconds) {

  /** Pairs of the global batch for each second of the step. */
  public double pairsPerSecond() {
    return pairs / seconds;
  }

  /** Tokens of all ranks for each second of the step. */
  public double tokensPerSecond() {
    return tokens / seconds;
  }

  /** The numbers under the names that logs use, in the order of a line. */
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", loss);
    values.put("accuracy", accuracy);
    values.put("gradient_norm", gradientNorm);
    values.put("learning_rate", learningRate);
    values.put("pairs", (double) pairs);
    values.put("tokens", (double) tokens);
    values.put("seconds", seconds);
    values.put("collective_seconds", collectiveSeconds);
    values.put("pairs_per_second", pairsPerSecond());
    values.put("tokens_per_second", tokensPerSecond());
    return values;
  }
}
