package io.ccpairs.jobs.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.spark.Statistics;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.PublishedRun;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;

/**
 * One page of HTML on one run, or on two side by side: needs no network and no script, and reads on
 * a phone and on paper.
 */
public final class RunReport {
  private static final int LANGUAGES_SHOWN = 12;
  private static final int TASKS_SHOWN = 40;

  /** What the numeric dimensions are called, in the order of the page. */
  private static final Map<String, String> NUMERIC =
      new LinkedHashMap<>(
          Map.of(
              Statistics.QUERY_CHARS, "Characters of the query",
              Statistics.PASSAGE_CHARS, "Characters of the passage",
              Statistics.VOTES, "Votes on the passage"));

  private final SparkSession spark;
  private final Map<String, String> defaults;
  private final int samples;
  private final long seed;

  /**
   * A maker of reports.
   *
   * @param defaults the value of every setting that nobody changed, by key
   * @param samples rows shown for each origin and verdict
   * @param seed another seed shows other rows
   */
  public RunReport(SparkSession spark, Map<String, String> defaults, int samples, long seed) {
    this.spark = spark;
    this.defaults = defaults;
    this.samples = samples;
    this.seed = seed;
  }

  /** The page on one run. */
  public String of(PublishedRun run) throws IOException {
    RunView view = RunView.read(spark, run, samples, seed);
    Manifest manifest = run.manifest();
    Html html = begin(manifest.table() + " · " + manifest.run(), view.lineage());
    html.element("h1", "Table " + manifest.table());
    html.element(
        "p",
        "Run "
            + manifest.run()
            + " of stage "
            + manifest.stage()
            + ", published "
            + manifest.publishedAt().substring(0, 19).replace('T', ' ')
            + " UTC");
    facts(html, view);
    lineage(html, view);
    reasons(html, view);
    distributions(html, view);
    FilterSection.write(html, view);
    samples(html, "Kept pairs", view.kept(), "");
    samples(html, "Dropped rows", view.dropped(), "dropped");
    if (view.edge().values().stream().anyMatch(rows -> !rows.isEmpty())) {
      samples(html, "At the edge of the consistency filter", view.edge(), "dropped");
    }
    settings(html, view);
    provenance(html, view);
    return end(html);
  }

  /** The page on two runs: what changed from the first to the second. */
  public String compare(PublishedRun before, PublishedRun after) throws IOException {
    RunView old = RunView.read(spark, before, samples, seed);
    RunView now = RunView.read(spark, after, samples, seed);
    List<RunView.Step> all = new ArrayList<>(old.lineage());
    all.addAll(now.lineage());
    Html html = begin(name(before) + " → " + name(after), all);
    html.element("h1", name(before) + " → " + name(after));
    html.element(
        "p", "What is different in the second run. Bars and figures of the first stand first.");
    compareCounts(html, old, now);
    compareDistributions(html, old, now);
    compareSettings(html, old.settings(), now.settings());
    return end(html);
  }

  private static String name(PublishedRun run) {
    return run.manifest().table() + "/" + run.manifest().run();
  }

  // ---- One run
  // ------------------------------------------------------------------------------------

  private static void facts(Html html, RunView view) {
    Manifest manifest = view.run().manifest();
    long rows = manifest.rows().values().stream().mapToLong(Long::longValue).sum();
    long bytes = manifest.files().stream().mapToLong(Manifest.DataFile::bytes).sum();
    Funnel funnel = view.lineage().get(view.lineage().size() - 1).funnel();
    long in = 0;
    long kept = 0;
    for (Origin origin : Origin.values()) {
      for (Kind kind : pairKinds()) {
        in += funnel.in(origin, kind);
        kept += funnel.kept(origin, kind);
      }
    }
    html.raw("<div class=\"facts\">");
    fact(html, Html.number(rows), "pairs");
    fact(
        html,
        in == 0 ? "–" : Html.percent((double) kept / in),
        "kept by stage " + manifest.stage());
    fact(html, String.format(java.util.Locale.ROOT, "%.1f MB", bytes / 1e6), "of Parquet");
    fact(html, String.format(java.util.Locale.ROOT, "%.0f s", manifest.seconds()), "to make");
    html.raw("</div>\n");
  }

  static void fact(Html html, String figure, String meaning) {
    html.raw("<div class=\"fact\">").element("b", figure).element("span", meaning).raw("</div>\n");
  }

  private static List<Kind> pairKinds() {
    return List.of(Kind.COMMENT, Kind.ANSWER, Kind.SECTION, Kind.PAIR);
  }

  private static void lineage(Html html, RunView view) {
    html.element("h2", "From dump to here");
    html.element(
        "p", "Candidate pairs that each stage was given and kept. Bars are shares of the largest.");
    html.raw("<div class=\"scroll\"><table><tr><th>stage</th><th>origin</th>")
        .raw(
            "<th class=\"n\">in</th><th class=\"n\">kept</th><th class=\"n\">share</th><th></th></tr>\n");
    Map<Origin, Long> most = new java.util.EnumMap<>(Origin.class);
    for (RunView.Step step : view.lineage()) {
      for (Origin origin : Origin.values()) {
        for (Kind kind : pairKinds()) {
          most.merge(origin, step.funnel().kept(origin, kind), Long::max);
        }
      }
    }
    long highest = most.values().stream().mapToLong(Long::longValue).max().orElse(1);
    for (RunView.Step step : view.lineage()) {
      String stage = step.manifest().stage();
      for (Origin origin : Origin.values()) {
        for (Kind kind : pairKinds()) {
          long in = step.funnel().in(origin, kind);
          if (in > 0) {
            long kept = step.funnel().kept(origin, kind);
            html.raw("<tr>")
                .element("td", stage)
                .element("td", origin.word())
                .element("td class=\"n\"", Html.number(in))
                .element("td class=\"n\"", Html.number(kept))
                .element("td class=\"n\"", Html.percent((double) kept / in))
                .raw("<td class=\"bars\">");
            Charts.bar(html, origin.word(), (double) kept / Math.max(1, highest));
            html.raw("</td></tr>\n");
            stage = "";
          }
        }
      }
    }
    html.raw("</table></div>\n");
  }

  /** The reasons of every stage, the newest first and open. */
  private static void reasons(Html html, RunView view) {
    html.element("h2", "What was left out, and why");
    html.element(
        "p",
        "Figures are shares of what came into the stage; bars compare the reasons of one kind.");
    for (int i = view.lineage().size() - 1; i >= 0; i--) {
      RunView.Step step = view.lineage().get(i);
      boolean newest = i == view.lineage().size() - 1;
      html.raw(newest ? "<details open><summary>" : "<details><summary>")
          .text(step.manifest().stage())
          .raw(" <span>")
          .text(dropped(step.funnel()))
          .raw("</span></summary>\n");
      funnel(html, step.funnel());
      html.raw("</details>\n");
    }
  }

  private static String dropped(Funnel funnel) {
    long rows = FunnelTable.reasons(funnel).values().stream().mapToLong(Long::longValue).sum();
    return rows == 0 ? "left nothing out" : "left out " + Html.number(rows);
  }

  private static void funnel(Html html, Funnel funnel) {
    for (Origin origin : Origin.values()) {
      for (Kind kind : Kind.values()) {
        if (funnel.empty(origin, kind)) {
          continue;
        }
        long in = funnel.in(origin, kind);
        html.element(
            "h3",
            origin.word()
                + " · "
                + kind.word()
                + ": "
                + Html.number(in)
                + " in, "
                + Html.number(funnel.kept(origin, kind))
                + " kept");
        if (funnel.dropped(origin, kind).isEmpty()) {
          continue;
        }
        long most =
            funnel.dropped(origin, kind).values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(1);
        html.raw("<table>");
        funnel.dropped(origin, kind).entrySet().stream()
            .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
            .forEach(
                entry -> {
                  html.raw("<tr><td class=\"reason\">")
                      .element("b", entry.getKey().word())
                      .element("div class=\"meaning\"", entry.getKey().meaning())
                      .raw("</td><td class=\"bars\">");
                  Charts.bar(html, "dropped", (double) entry.getValue() / most);
                  html.raw("</td>")
                      .element("td class=\"n\"", Html.number(entry.getValue()))
                      .element("td class=\"n\"", Html.percent((double) entry.getValue() / in))
                      .raw("</tr>\n");
                });
        html.raw("</table>\n");
      }
    }
  }

  private static void distributions(Html html, RunView view) {
    if (view.statistics().isEmpty()) {
      return;
    }
    html.element("h2", "How the kept pairs are spread");
    html.raw("<p>");
    for (String origin : view.statistics().keySet()) {
      html.raw(
              "<span class=\"bar "
                  + origin
                  + "\" style=\"display:inline-block;width:1rem\"></span> ")
          .text(origin + "  ");
    }
    html.raw("</p><div class=\"charts\">\n");
    for (String dimension : new TreeSet<>(NUMERIC.keySet())) {
      Charts.histogram(html, NUMERIC.getOrDefault(dimension, dimension), byOrigin(view, dimension));
    }
    Map<String, Long> clusters = view.newest("clusters");
    if (!clusters.isEmpty()) {
      Charts.histogram(html, "Groups of near-duplicates by their size", Map.of("all", clusters));
    }
    html.raw("</div><div class=\"charts\">\n");
    for (Map.Entry<String, Map<String, Map<String, Long>>> origin : view.statistics().entrySet()) {
      Map<String, Long> languages = origin.getValue().getOrDefault(Statistics.LANGUAGES, Map.of());
      if (!languages.isEmpty()) {
        Charts.ranking(html, "Languages of " + origin.getKey(), languages, LANGUAGES_SHOWN);
      }
    }
    html.raw("</div>\n");
    rest(html, view, "leaks", "Leaks by evaluation task; a pair counts for each that holds it");
    rest(html, view, "leak-found", "Leaks by what was found, and how");
    rest(html, view, "masked", "Pairs with a masked address, number or name");
    rest(html, view, "near-search", "The search for near-duplicates");
  }

  private static void rest(Html html, RunView view, String dimension, String caption) {
    Map<String, Long> rows = view.newest(dimension);
    if (!rows.isEmpty()) {
      html.element("h3", caption).raw("<div class=\"scroll\"><table class=\"short\">");
      rows.entrySet().stream()
          .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
          .limit(TASKS_SHOWN)
          .forEach(
              entry ->
                  html.raw("<tr>")
                      .element("td", entry.getKey())
                      .element("td class=\"n\"", Html.number(entry.getValue()))
                      .raw("</tr>\n"));
      html.raw("</table></div>\n");
    }
  }

  private static Map<String, Map<String, Long>> byOrigin(RunView view, String dimension) {
    Map<String, Map<String, Long>> parts = new LinkedHashMap<>();
    view.statistics()
        .forEach(
            (origin, dimensions) ->
                parts.put(origin, dimensions.getOrDefault(dimension, Map.of())));
    return parts;
  }

  private static Map<String, Long> sum(RunView view, String dimension) {
    Map<String, Long> sum = new TreeMap<>();
    view.statistics()
        .values()
        .forEach(
            dimensions ->
                dimensions
                    .getOrDefault(dimension, Map.of())
                    .forEach((bucket, rows) -> sum.merge(bucket, rows, Long::sum)));
    return sum;
  }

  private static void samples(
      Html html, String title, Map<String, List<RunView.Sample>> groups, String style) {
    if (groups.isEmpty()) {
      return;
    }
    html.element("h2", title);
    html.element(
        "p",
        "Chosen by hash, not by hand. Addresses, numbers and names of users are masked here, whatever"
            + " the table holds.");
    boolean first = style.isEmpty();
    for (Map.Entry<String, List<RunView.Sample>> group : groups.entrySet()) {
      html.raw(first ? "<details open>" : "<details>").raw("<summary>").text(group.getKey());
      if (!style.isEmpty()) {
        String verdict = group.getKey().substring(group.getKey().lastIndexOf(' ') + 1);
        html.raw(" <span>").text(meaning(verdict)).raw("</span>");
      }
      html.raw("</summary>\n");
      first = false;
      for (RunView.Sample sample : group.getValue()) {
        html.raw("<div class=\"pair\">")
            .element("div class=\"where\"", sample.origin() + " · " + sample.where());
        if (!sample.query().isEmpty()) {
          int line = sample.query().indexOf('\n');
          String head = line < 0 ? sample.query() : sample.query().substring(0, line);
          html.element("div class=\"q\"", head);
          if (line > 0) {
            html.element("div class=\"p body\"", sample.query().substring(line + 1));
          }
        }
        html.element("div class=\"p\"", "↳ " + sample.passage()).raw("</div>\n");
      }
      html.raw("</details>\n");
    }
  }

  private static String meaning(String word) {
    for (Verdict verdict : Verdict.values()) {
      if (verdict.word().equals(word)) {
        return verdict.meaning();
      }
    }
    return "";
  }

  /** What every stage was told that is not as it comes; then all of the newest. */
  private void settings(Html html, RunView view) {
    html.element("h2", "Settings");
    Html changed = new Html();
    boolean any = false;
    for (RunView.Step step : view.lineage()) {
      for (Map.Entry<String, String> setting : new TreeMap<>(step.settings()).entrySet()) {
        if (!setting.getValue().equals(defaults.get(setting.getKey()))) {
          any = true;
          changed
              .raw("<tr>")
              .element("td", step.manifest().stage())
              .element("td class=\"mono\"", setting.getKey())
              .element("td class=\"mono\"", setting.getValue())
              .element("td class=\"mono\"", defaults.getOrDefault(setting.getKey(), "–"))
              .raw("</tr>\n");
        }
      }
    }
    if (any) {
      html.raw("<div class=\"scroll\"><table><tr><th>stage</th><th>key</th><th>value</th>")
          .raw("<th>default</th></tr>\n" + changed + "</table></div>\n");
    } else {
      html.element("p", "All as they come, in every stage.");
    }
    html.raw("<details><summary>All ")
        .text(view.settings().size() + " settings of " + view.run().manifest().stage())
        .raw("</summary><table>");
    view.settings()
        .forEach(
            (key, value) ->
                html.raw("<tr>")
                    .element("td class=\"mono\"", key)
                    .element("td class=\"mono\"", value)
                    .raw("</tr>\n"));
    html.raw("</table></details>\n");
  }

  private static void provenance(Html html, RunView view) {
    html.element("h2", "Where it comes from");
    html.raw("<div class=\"scroll\"><table><tr><th>table</th><th>run</th><th>fingerprint</th>")
        .raw("<th>sum of ids</th><th>code</th></tr>\n");
    for (RunView.Step step : view.lineage()) {
      Manifest manifest = step.manifest();
      html.raw("<tr>")
          .element("td", manifest.table())
          .element("td class=\"mono\"", manifest.run())
          .element("td class=\"mono\"", manifest.fingerprint())
          .element("td class=\"mono\"", manifest.idSum())
          .element("td class=\"mono\"", manifest.code())
          .raw("</tr>\n");
    }
    html.raw("</table></div>\n");
    Manifest first = view.lineage().get(0).manifest();
    html.raw("<details><summary>")
        .text(first.inputs().size() + " files read")
        .raw("</summary><table>");
    for (Manifest.InputFile input : first.inputs()) {
      html.raw("<tr>")
          .element("td class=\"mono\"", input.path())
          .element("td class=\"n\"", Html.number(input.bytes()))
          .raw("</tr>\n");
    }
    html.raw("</table></details>\n");
  }

  // ---- Two runs
  // -----------------------------------------------------------------------------------

  private static void compareCounts(Html html, RunView old, RunView now) {
    html.element("h2", "Pairs");
    html.raw("<div class=\"scroll\"><table><tr><th></th><th class=\"n\">first</th>")
        .raw("<th class=\"n\">second</th><th class=\"n\">difference</th></tr>\n");
    TreeSet<String> origins = new TreeSet<>(old.run().manifest().rows().keySet());
    origins.addAll(now.run().manifest().rows().keySet());
    for (String origin : origins) {
      difference(
          html,
          origin,
          old.run().manifest().rows().getOrDefault(origin, 0L),
          now.run().manifest().rows().getOrDefault(origin, 0L));
    }
    html.raw("</table></div>\n").element("h2", "Dropped by reason");
    html.raw("<div class=\"scroll\"><table><tr><th></th><th class=\"n\">first</th>")
        .raw("<th class=\"n\">second</th><th class=\"n\">difference</th></tr>\n");
    Map<Verdict, Long> before = FunnelTable.reasons(last(old));
    Map<Verdict, Long> after = FunnelTable.reasons(last(now));
    TreeSet<Verdict> reasons = new TreeSet<>(before.keySet());
    reasons.addAll(after.keySet());
    for (Verdict reason : reasons) {
      difference(
          html, reason.word(), before.getOrDefault(reason, 0L), after.getOrDefault(reason, 0L));
    }
    html.raw("</table></div>\n");
  }

  private static Funnel last(RunView view) {
    return view.lineage().get(view.lineage().size() - 1).funnel();
  }

  private static void difference(Html html, String name, long before, long after) {
    long change = after - before;
    html.raw("<tr>")
        .element("td", name)
        .element("td class=\"n\"", Html.number(before))
        .element("td class=\"n\"", Html.number(after))
        .element(
            "td class=\"n " + (change < 0 ? "down" : "up") + "\"",
            change == 0 ? "=" : (change > 0 ? "+" : "−") + Html.number(Math.abs(change)))
        .raw("</tr>\n");
  }

  private static void compareDistributions(Html html, RunView old, RunView now) {
    html.element("h2", "How the kept pairs are spread");
    for (String dimension : new TreeSet<>(NUMERIC.keySet())) {
      html.raw("<div class=\"charts two\">\n");
      String caption = NUMERIC.getOrDefault(dimension, dimension);
      Map<String, Map<String, Long>> first = Map.of("all", sum(old, dimension));
      Map<String, Map<String, Long>> second = Map.of("b", sum(now, dimension));
      Charts.Scale scale = Charts.Scale.of(first).with(Charts.Scale.of(second));
      Charts.histogram(html, caption + ", first", first, scale);
      Charts.histogram(html, caption + ", second", second, scale);
      html.raw("</div>\n");
    }
  }

  private static void compareSettings(
      Html html, Map<String, String> before, Map<String, String> after) {
    html.element("h2", "Settings that differ");
    TreeSet<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    keys.removeIf(key -> before.getOrDefault(key, "–").equals(after.getOrDefault(key, "–")));
    if (keys.isEmpty()) {
      html.element("p", "None.");
      return;
    }
    html.raw("<div class=\"scroll\"><table><tr><th>key</th><th>first</th><th>second</th></tr>\n");
    for (String key : keys) {
      html.raw("<tr>")
          .element("td class=\"mono\"", key)
          .element("td class=\"mono\"", before.getOrDefault(key, "–"))
          .element("td class=\"mono\"", after.getOrDefault(key, "–"))
          .raw("</tr>\n");
    }
    html.raw("</table></div>\n");
  }

  // ---- The page
  // -----------------------------------------------------------------------------------

  private static Html begin(String title, List<RunView.Step> lineage) throws IOException {
    return begin(title, Reports.told(lineage.stream().map(RunView.Step::manifest).toList()));
  }

  /** The beginning of a page; {@code told} stands in its head. */
  static Html begin(String title, String told) throws IOException {
    return new Html()
        .raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw(told)
        .element("title", "ccpairs · " + title)
        .raw("<style>\n" + css() + "</style></head>\n<body><main>\n");
  }

  static String end(Html html) {
    return html.element("footer", "Made by ccpairs report.")
        .raw("</main></body></html>\n")
        .toString();
  }

  private static String css() throws IOException {
    try (InputStream css = RunReport.class.getResourceAsStream("report.css")) {
      if (css == null) {
        throw new FileNotFoundException("No report.css beside " + RunReport.class.getName());
      }
      return new String(css.readAllBytes(), UTF_8);
    }
  }
}
