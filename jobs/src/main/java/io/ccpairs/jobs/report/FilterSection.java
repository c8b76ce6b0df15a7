package io.ccpairs.jobs.report;

import io.ccpairs.jobs.spark.Statistics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What the consistency filter saw: ranks, cosines, and the keep rate as a function of k. */
final class FilterSection {
  private FilterSection() {}

  /** Writes the section, if the run counted ranks. */
  static void write(Html html, RunView view) {
    if (view.statistics().values().stream()
        .noneMatch(dimensions -> dimensions.containsKey(Statistics.RANKS))) {
      return;
    }
    html.element("h2", "Ranks in the pool");
    html.element(
        "p",
        "Place of each pair's passage among those of the pool, for its query. The last column is the"
            + " share that a k of this rank keeps.");
    view.statistics()
        .forEach(
            (origin, dimensions) -> {
              Map<String, Long> ranks = dimensions.getOrDefault(Statistics.RANKS, Map.of());
              if (!ranks.isEmpty()) {
                html.element("h3", origin + ": all pairs, counted up to the limit");
                cumulative(html, origin, "rank", ordered(ranks));
              }
              Map<String, Long> full = dimensions.getOrDefault(Statistics.FULL_RANKS, Map.of());
              if (!full.isEmpty()) {
                html.element("h3", origin + ": a sample, counted in full");
                cumulative(html, origin, "rank from", ordered(full));
              }
            });
    html.raw("<div class=\"charts\">\n");
    view.statistics()
        .forEach(
            (origin, dimensions) -> {
              Map<String, Map<String, Long>> parts = new LinkedHashMap<>();
              parts.put(origin, dimensions.getOrDefault(Statistics.KEPT_COSINES, Map.of()));
              parts.put("dropped", dimensions.getOrDefault(Statistics.DROPPED_COSINES, Map.of()));
              Charts.histogram(
                  html,
                  "Cosine of query and passage in hundredths, " + origin + " and dropped",
                  parts);
            });
    html.raw("</div>\n");
  }

  /** Rows by rank, the number of a bucket in its order; {@code more} is last. */
  private static Map<Long, Long> ordered(Map<String, Long> buckets) {
    Map<Long, Long> ordered = new TreeMap<>();
    buckets.forEach(
        (bucket, rows) ->
            ordered.merge(
                bucket.matches("\\d{1,18}") ? Long.parseLong(bucket) : Long.MAX_VALUE,
                rows,
                Long::sum));
    return ordered;
  }

  private static void cumulative(Html html, String origin, String heading, Map<Long, Long> ranks) {
    long all = ranks.values().stream().mapToLong(Long::longValue).sum();
    long sum = 0;
    html.raw("<div class=\"scroll\"><table><tr><th class=\"n\">")
        .text(heading)
        .raw("</th><th class=\"n\">pairs</th><th></th><th class=\"n\">up to here</th></tr>\n");
    for (Map.Entry<Long, Long> rank : ranks.entrySet()) {
      sum += rank.getValue();
      html.raw("<tr>")
          .element(
              "td class=\"n\"",
              rank.getKey() == Long.MAX_VALUE ? "more" : Html.number(rank.getKey()))
          .element("td class=\"n\"", Html.number(rank.getValue()))
          .raw("<td class=\"bars\">");
      Charts.bar(html, origin, (double) sum / all);
      html.raw("</td>").element("td class=\"n\"", Html.percent((double) sum / all)).raw("</tr>\n");
    }
    html.raw("</table></div>\n");
  }
}
