package io.ccpairs.jobs.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One page of HTML on a training: its curves and its settings. */
public final class TrainingReport {
  private static final int WIDTH = 320;
  private static final int HEIGHT = 110;
  private static final int BOTTOM = 16;
  private static final int LEFT = 34;

  /** Names of figures, as the page calls them. */
  private static final Map<String, String> CURVES = curves();

  private TrainingReport() {}

  private static Map<String, String> curves() {
    Map<String, String> curves = new LinkedHashMap<>();
    curves.put("loss", "Loss; ln(pairs of a batch) when nothing is learned");
    curves.put("accuracy", "Queries whose own passage scored highest in the batch");
    curves.put("gradient_norm", "Norm of the gradients, before clipping");
    curves.put("learning_rate", "Learning rate");
    curves.put("pairs_per_second", "Pairs a second");
    curves.put("tokens_per_second", "Tokens a second, each text once");
    return curves;
  }

  /**
   * The page.
   *
   * @param model the model's name
   * @param figures a map of names to numbers for each line of {@code metrics.jsonl}, in the order
   *     of the steps
   * @param settings what it was trained with, by key
   */
  public static String of(
      String model, List<Map<String, Double>> figures, Map<String, String> settings)
      throws IOException {
    Html html = RunReport.begin(model, "");
    html.element("h1", "Training of " + model);
    if (!figures.isEmpty()) {
      Map<String, Double> last = figures.get(figures.size() - 1);
      double seconds = figures.stream().mapToDouble(line -> at(line, "seconds")).sum();
      double pairs = figures.stream().mapToDouble(line -> at(line, "pairs")).sum();
      html.raw("<div class=\"facts\">");
      RunReport.fact(html, Html.number(Math.round(at(last, "step"))), "steps");
      RunReport.fact(html, Html.number(Math.round(pairs)), "pairs");
      RunReport.fact(html, number(at(last, "loss")), "loss at the end");
      RunReport.fact(html, number(at(last, "accuracy")), "accuracy in the batch at the end");
      RunReport.fact(html, Html.number(Math.round(seconds)) + " s", "at work");
      html.raw("</div>\n<h2>Curves</h2>\n<p>Over steps; each point is the mean since the one")
          .raw(" before.</p>\n<div class=\"charts\">");
      CURVES.forEach((name, caption) -> curve(html, caption, name, figures));
      html.raw("</div>\n");
    }
    html.element("h2", "Settings").raw("<div class=\"scroll\"><table>");
    settings.forEach(
        (key, value) ->
            html.raw("<tr><td class=\"mono\">")
                .text(key)
                .raw("</td><td class=\"mono\">")
                .text(value)
                .raw("</td></tr>\n"));
    return RunReport.end(html.raw("</table></div>\n"));
  }

  private static void curve(
      Html html, String caption, String name, List<Map<String, Double>> figures) {
    List<double[]> points = new ArrayList<>();
    for (Map<String, Double> line : figures) {
      double value = at(line, name);
      if (Double.isFinite(value)) {
        points.add(new double[] {at(line, "step"), value});
      }
    }
    if (points.isEmpty()) {
      return;
    }
    double most = points.stream().mapToDouble(point -> point[1]).max().orElse(1);
    double last = points.get(points.size() - 1)[0];
    html.raw("<figure>").element("figcaption", caption);
    html.raw(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\"><polyline fill=\"none\""
                + " stroke=\"var(--kept)\" stroke-width=\"1.5\" points=\"",
            WIDTH,
            HEIGHT + BOTTOM));
    for (double[] point : points) {
      html.raw(
          String.format(
              Locale.ROOT,
              "%.1f,%.1f ",
              LEFT + (WIDTH - LEFT - 2) * point[0] / last,
              HEIGHT - (HEIGHT - 8) * (most > 0 ? point[1] / most : 0)));
    }
    html.raw("\"/>");
    html.raw(String.format(Locale.ROOT, "<text x=\"0\" y=\"12\">%s</text>", number(most)));
    html.raw(String.format(Locale.ROOT, "<text x=\"0\" y=\"%d\">0</text>", HEIGHT));
    html.raw(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">step %.0f</text></svg></figure>%n",
            WIDTH - 2,
            HEIGHT + BOTTOM - 4,
            last));
  }

  private static double at(Map<String, Double> line, String name) {
    return line.getOrDefault(name, Double.NaN);
  }

  private static String number(double value) {
    return value != 0 && Math.abs(value) < 0.01
        ? String.format(Locale.ROOT, "%.1e", value)
        : value >= 1000
            ? Html.number(Math.round(value))
            : String.format(Locale.ROOT, "%.3g", value);
  }
}
