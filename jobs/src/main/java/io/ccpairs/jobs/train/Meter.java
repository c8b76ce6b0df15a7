package io.ccpairs.jobs.train;

import io.ccpairs.core.train.StepReport;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Averages over the steps since the last line, and the line itself. */
final class Meter {
  private final long steps;
  private int seen;
  private double loss;
  private double accuracy;
  private double norm;
  private long pairs;
  private long tokens;
  private double seconds;
  private double collective;
  private long begin = System.nanoTime();

  /**
   * A meter.
   *
   * @param steps of the whole training
   */
  Meter(long steps) {
    this.steps = steps;
  }

  void add(StepReport report) {
    seen++;
    loss += report.loss();
    accuracy += report.accuracy();
    norm += report.gradientNorm();
    pairs += report.pairs();
    tokens += report.tokens();
    seconds += report.seconds();
    collective += report.collectiveSeconds();
  }

  /** The figures since the last call, and begins anew. */
  Map<String, Double> take(StepReport last) {
    double wall = (System.nanoTime() - begin) / 1e9;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("loss", loss / seen);
    figures.put("accuracy", accuracy / seen);
    figures.put("gradient_norm", norm / seen);
    figures.put("learning_rate", last.learningRate());
    figures.put("pairs", (double) pairs);
    figures.put("tokens", (double) tokens);
    figures.put("seconds", wall);
    figures.put("step_seconds", seconds);
    figures.put("collective_seconds", collective);
    figures.put("pairs_per_second", pairs / wall);
    figures.put("tokens_per_second", tokens / wall);
    figures.put("eta_seconds", (steps - last.step()) * wall / seen);
    figures.put("time", System.currentTimeMillis() / 1000.0);
    seen = 0;
    loss = 0;
    accuracy = 0;
    norm = 0;
    pairs = 0;
    tokens = 0;
    seconds = 0;
    collective = 0;
    begin = System.nanoTime();
    return figures;
  }

  /** Figures as one line for people. */
  static String line(Map<String, Double> figures, long steps) {
    return String.format(
        Locale.ROOT,
        "step %,.0f/%,d  loss %.4f  accuracy %.3f  norm %.2f  rate %.2e  %,.0f pairs/s  %,.0f"
            + " tokens/s  left %s",
        figure(figures, "step"),
        steps,
        figure(figures, "loss"),
        figure(figures, "accuracy"),
        figure(figures, "gradient_norm"),
        figure(figures, "learning_rate"),
        figure(figures, "pairs_per_second"),
        figure(figures, "tokens_per_second"),
        clock(Math.round(figure(figures, "eta_seconds"))));
  }

  private static String clock(long seconds) {
    return seconds >= 3600
        ? String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60)
        : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }

  /** One of the figures; not a number where it is missing. */
  static double figure(Map<String, Double> figures, String name) {
    Double value = figures.get(name);
    return value == null ? Double.NaN : value;
  }
}
