package io.ccpairs.jobs.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Histograms as inline SVG, and bars in tables. */
final class Charts {
  private static final int WIDTH = 320;
  private static final int HEIGHT = 110;
  private static final int BOTTOM = 16;
  private static final int TOP = 6;

  /** A single bucket is a bar too, not a wall. */
  private static final double WIDEST_BAR = 40;

  private Charts() {}

  /**
   * A histogram of numeric buckets, the parts of each stacked.
   *
   * @param parts a style class for each part, with its rows by bucket
   */
  static void histogram(Html html, String caption, Map<String, Map<String, Long>> parts) {
    histogram(html, caption, parts, Scale.of(parts));
  }

  /**
   * What bars stand at and how high they can be.
   *
   * @param buckets ascending
   * @param highest rows of the tallest bar, at least 1
   */
  record Scale(List<Long> buckets, long highest) {
    static Scale of(Map<String, Map<String, Long>> parts) {
      TreeSet<Long> known = new TreeSet<>();
      parts.values().forEach(rows -> rows.keySet().forEach(bucket -> numeric(bucket, known)));
      long highest = 1;
      for (long bucket : known) {
        highest = Math.max(highest, sum(parts, bucket));
      }
      return new Scale(List.copyOf(known), highest);
    }

    /** The scale on which both can be drawn and compared. */
    Scale with(Scale other) {
      TreeSet<Long> both = new TreeSet<>(buckets);
      both.addAll(other.buckets);
      return new Scale(List.copyOf(both), Math.max(highest, other.highest));
    }
  }

  /** A histogram on a given scale. */
  static void histogram(
      Html html, String caption, Map<String, Map<String, Long>> parts, Scale scale) {
    List<Long> buckets = scale.buckets();
    long highest = scale.highest();
    if (buckets.isEmpty()) {
      return;
    }
    long tallest = Scale.of(parts).highest();
    double step = Math.min(WIDEST_BAR, (double) WIDTH / buckets.size());
    html.raw("<figure>")
        .element(
            "figcaption",
            caption + " · tallest bar " + Html.number(tallest) + " · median in " + medians(parts));
    html.raw(
        String.format(
            Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, HEIGHT + BOTTOM));
    int every = Math.max(1, (buckets.size() + 7) / 8);
    for (int i = 0; i < buckets.size(); i++) {
      double base = HEIGHT;
      for (Map.Entry<String, Map<String, Long>> part : parts.entrySet()) {
        long rows = part.getValue().getOrDefault(Long.toString(buckets.get(i)), 0L);
        double height = (double) (HEIGHT - TOP) * rows / highest;
        base -= height;
        if (rows > 0) {
          html.raw(
              String.format(
                  Locale.ROOT,
                  "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>",
                  part.getKey(),
                  i * step + 0.5,
                  base,
                  Math.max(1, step - 1),
                  height));
          html.text(part.getKey() + " from " + buckets.get(i) + ": " + Html.number(rows));
          html.raw("</title></rect>");
        }
      }
      if (i % every == 0) {
        html.raw(
            String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\">%s</text>",
                i * step,
                HEIGHT + BOTTOM - 4,
                buckets.get(i) < 0 ? "&lt;0" : shortNumber(buckets.get(i))));
      }
    }
    html.raw("</svg></figure>\n");
  }

  /** For each part the bucket that its middle row lies in, by the bucket's least number. */
  private static String medians(Map<String, Map<String, Long>> parts) {
    List<String> medians = new ArrayList<>();
    parts.forEach(
        (name, rows) -> {
          TreeSet<Long> buckets = new TreeSet<>();
          rows.keySet().forEach(bucket -> numeric(bucket, buckets));
          long all = buckets.stream().mapToLong(bucket -> sum(Map.of(name, rows), bucket)).sum();
          long below = 0;
          for (long bucket : buckets) {
            below += sum(Map.of(name, rows), bucket);
            if (2 * below >= all) {
              String label = bucket < 0 ? "<0" : Html.number(bucket);
              medians.add(parts.size() == 1 ? label : label + " (" + name + ")");
              break;
            }
          }
        });
    return String.join(", ", medians);
  }

  /** A bar of a share, for a table's cell. */
  static void bar(Html html, String style, double share) {
    html.raw(
        String.format(
            Locale.ROOT,
            "<span class=\"bar %s\" style=\"width:%.2f%%\"></span>",
            style,
            100 * Math.min(1, Math.max(0, share))));
  }

  /** The largest buckets as a table with bars. */
  static void ranking(Html html, String caption, Map<String, Long> rows, int most) {
    long all = rows.values().stream().mapToLong(Long::longValue).sum();
    long highest = rows.values().stream().mapToLong(Long::longValue).max().orElse(1);
    Map<String, Long> shown =
        rows.entrySet().stream()
            .sorted(
                Comparator.comparing((Map.Entry<String, Long> entry) -> -entry.getValue())
                    .thenComparing(Map.Entry::getKey))
            .limit(most)
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    html.raw("<figure>").element("figcaption", caption).raw("<table>");
    shown.forEach(
        (name, count) -> {
          html.raw("<tr>").element("td", name).raw("<td class=\"bars\">");
          bar(html, "", (double) count / highest);
          html.raw("</td>")
              .element("td class=\"n\"", Html.number(count))
              .element("td class=\"n\"", Html.percent((double) count / Math.max(1, all)))
              .raw("</tr>\n");
        });
    if (rows.size() > most) {
      html.raw("<tr><td colspan=\"4\">").text("and " + (rows.size() - most) + " more").raw("</td>");
    }
    html.raw("</table></figure>\n");
  }

  private static void numeric(String bucket, Set<Long> into) {
    if (bucket.matches("-?\\d+")) {
      into.add(Long.parseLong(bucket));
    }
  }

  private static long sum(Map<String, Map<String, Long>> parts, long bucket) {
    return parts.values().stream()
        .mapToLong(rows -> rows.getOrDefault(Long.toString(bucket), 0L))
        .sum();
  }

  private static String shortNumber(long number) {
    return number >= 1 << 20
        ? (number >> 20) + "M"
        : number >= 1 << 10 ? (number >> 10) + "k" : Long.toString(number);
  }
}
