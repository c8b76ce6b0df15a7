package io.ccpairs.core.train;

import java.util.Optional;

/**
 * Looks at the loss of each step and says when a training has failed, and what to change. One
 * object for one training; a restored training begins a new one.
 *
 * @see #advice
 */
public final class LossWatch {
  /** Below this share of ln(pairs) the encoder tells passages apart. */
  private static final double AT_REST = 0.98;

  /** Over this many times its best average a loss has exploded. */
  private static final double EXPLODED = 4;

  /** Weight of the newest loss in the average. */
  private static final double NEWEST = 0.02;

  private static final double SMALL_LOSS = 0.25; // four times less than this is noise

  private final long patience;
  private double average = Double.NaN;
  private double best = Double.POSITIVE_INFINITY;
  private long seen;

  /**
   * A watch for one training.
   *
   * @param patience steps after which a loss that still rests at ln(pairs) is a failure: the
   *     warm-up and as many again are usual
   */
  public LossWatch(long patience) {
    this.patience = patience;
  }

  /** A watch for a training of this configuration. */
  public static LossWatch of(TrainConfig config) {
    return new LossWatch(Math.max(200, 2L * config.warmupSteps()));
  }

  /**
   * Looks at a step.
   *
   * @return what is wrong and what to do, or nothing where all is well
   */
  public Optional<String> advice(StepReport report) {
    String at = "Step " + report.step() + ": ";
    if (!Double.isFinite(report.loss()) || !Double.isFinite(report.gradientNorm())) {
      return Optional.of(
          at
              + "the loss is "
              + report.loss()
              + " and the gradients' norm "
              + report.gradientNorm()
              + ". The weights are as they were before it. Go on from the last checkpoint with half"
              + " the learning rate ("
              + report.learningRate() / 2
              + ") or a longer warm-up; if it comes back at the same step, look at that batch");
    }
    seen++;
    average = Double.isNaN(average) ? report.loss() : average + NEWEST * (report.loss() - average);
    best = Math.min(best, average);
    double chance = Math.log(report.pairs());
    if (average > Math.max(EXPLODED * Math.max(best, SMALL_LOSS), 1.5 * chance)) {
      return Optional.of(
          at
              + "the loss has grown to "
              + average
              + " from "
              + best
              + ". The learning rate ("
              + report.learningRate()
              + ") is too high for this batch: halve it, or warm up over more steps, and go on from"
              + " a checkpoint before the rise");
    }
    if (seen >= patience && best > AT_REST * chance && report.pairs() > 1) {
      return Optional.of(
          at
              + "the loss still rests at ln("
              + report.pairs()
              + ") = "
              + chance
              + ": the encoder tells no passages apart. Check that queries and passages belong"
              + " together, raise the learning rate ("
              + report.learningRate()
              + "), or begin from trained weights");
    }
    return Optional.empty();
  }
}
