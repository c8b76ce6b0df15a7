package io.ccpairs.jobs.report;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.privacy.Mask;
import io.ccpairs.core.privacy.Masks;
import io.ccpairs.jobs.inspect.Inspection;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * All that a report says of a run.
 *
 * @param lineage the runs it was made of, the oldest first and itself last; runs that are gone are
 *     left out
 * @param statistics rows by origin, dimension and bucket
 * @param settings what it was made with, by key
 * @param kept sampled pairs by origin
 * @param dropped sampled rows by stage and verdict, of all stages from the newest purge on
 * @param edge for a run of the consistency filter pairs just inside, and just outside of its k
 */
record RunView(
    PublishedRun run,
    List<Step> lineage,
    Map<String, Map<String, Map<String, Long>>> statistics,
    Map<String, String> settings,
    Map<String, List<Sample>> kept,
    Map<String, List<Sample>> dropped,
    Map<String, List<Sample>> edge) {

  private static final String MANIFEST = "/__meta__/manifest.json";

  /** Texts of forums are shown masked, also where the table holds them as they were. */
  private static final Masks MASKS = new Masks(List.of(Mask.values()));

  private static final int MAX_SHOWN_CHARS = 700;

  /**
   * A run in the lineage.
   *
   * @param statistics rows by origin, dimension and bucket
   * @param settings what it was made with, by key
   */
  record Step(
      PublishedRun run,
      Funnel funnel,
      Map<String, Map<String, Map<String, Long>>> statistics,
      Map<String, String> settings) {
    Manifest manifest() {
      return run.manifest();
    }
  }

  /** The counts of a dimension over all origins, of the newest run in the lineage that has it. */
  Map<String, Long> newest(String dimension) {
    Map<String, Long> sum = new TreeMap<>();
    for (int i = lineage.size() - 1; i >= 0 && sum.isEmpty(); i--) {
      lineage.get(i).statistics().values().stream()
          .map(dimensions -> dimensions.getOrDefault(dimension, Map.of()))
          .forEach(rows -> rows.forEach((bucket, n) -> sum.merge(bucket, n, Long::sum)));
    }
    return sum;
  }

  /** A row for people. */
  record Sample(String origin, String where, String query, String passage) {}

  /**
   * Reads a run.
   *
   * @param rows samples for each origin and verdict
   */
  static RunView read(SparkSession spark, PublishedRun run, int rows, long seed)
      throws IOException {
    FileSystem files = run.path().getFileSystem(spark.sparkContext().hadoopConfiguration());
    Inspection inspection = new Inspection(spark, run);
    Map<String, List<Sample>> kept = new LinkedHashMap<>();
    for (Origin origin : run.origins()) {
      if (run.manifest().rows().getOrDefault(origin.word(), 0L) > 0) {
        kept.put(
            origin.word(),
            samples(inspection, Inspection.Rows.KEPT, "origin", origin.word(), rows, seed));
      }
    }
    List<Step> lineage = lineage(spark, run);
    Map<String, List<Sample>> dropped = new LinkedHashMap<>();
    for (Step step : sinceThePurge(lineage)) {
      dropped(spark, step, rows, seed, dropped);
    }
    return new RunView(
        run,
        lineage,
        run.statistics(files).byOrigin(),
        new TreeMap<>(run.settings(files)),
        kept,
        dropped,
        keepsRows(run)
            ? edge(inspection, run.settings(files).get("filter.k"), rows, seed)
            : Map.of());
  }

  private static boolean keepsRows(PublishedRun run) {
    return run.manifest().rows().values().stream().anyMatch(count -> count > 0);
  }

  /** Pairs of rank k, and sampled ones of rank k + 1; none where the run has no k. */
  private static Map<String, List<Sample>> edge(
      Inspection inspection, @Nullable String k, int rows, long seed) throws IOException {
    Map<String, List<Sample>> edge = new LinkedHashMap<>();
    if (k == null || !k.matches("\\d{1,9}")) {
      return edge;
    }
    int rank = Integer.parseInt(k);
    edge.put(
        "just inside: rank " + rank,
        samples(inspection, Inspection.Rows.KEPT, "rank", Integer.toString(rank), rows, seed));
    try {
      edge.put(
          "just outside: rank " + (rank + 1),
          samples(
              inspection, Inspection.Rows.DROPPED, "rank", Integer.toString(rank + 1), rows, seed));
    } catch (FileNotFoundException e) {
      // A run without a sample of dropped rows shows none.
      return edge;
    }
    return edge;
  }

  /**
   * The steps whose samples may be shown: who was purged from a table stands in none of its
   * parents' samples, as far as a page on it goes.
   */
  private static List<Step> sinceThePurge(List<Step> lineage) {
    int from = 0;
    for (int i = 0; i < lineage.size(); i++) {
      from = lineage.get(i).manifest().stage().equals("purge") ? i : from;
    }
    return lineage.subList(from, lineage.size());
  }

  /** Adds samples of a step's dropped rows, by stage and verdict; a run without any adds none. */
  private static void dropped(
      SparkSession spark, Step step, int rows, long seed, Map<String, List<Sample>> into)
      throws IOException {
    try {
      Inspection inspection = new Inspection(spark, step.run());
      for (String verdict : verdicts(step.funnel())) {
        List<Sample> samples =
            samples(inspection, Inspection.Rows.DROPPED, "verdict", verdict, rows, seed);
        if (!samples.isEmpty()) {
          into.put(step.manifest().stage() + " · " + verdict, samples);
        }
      }
    } catch (FileNotFoundException e) {
      // Nothing was sampled, or the samples were removed.
      return;
    }
  }

  private static List<String> verdicts(Funnel funnel) {
    return FunnelTable.reasons(funnel).keySet().stream().map(verdict -> verdict.word()).toList();
  }

  private static List<Sample> samples(
      Inspection inspection,
      Inspection.Rows which,
      String column,
      String value,
      int rows,
      long seed)
      throws IOException {
    List<Sample> samples = new ArrayList<>();
    Optional<String> where = Optional.of(column + " = '" + value + "'");
    for (Row row : inspection.sample(which, where, rows, seed).collectAsList()) {
      String origin = row.getAs("origin");
      String query = row.getAs("query");
      String passage = row.getAs("passage");
      String subset = row.getAs("subset");
      String source = row.getAs("source_id");
      samples.add(
          new Sample(
              origin,
              (subset == null ? "" : subset + " · ") + (source == null ? "" : source),
              shown(origin, query),
              shown(origin, passage)));
    }
    return samples;
  }

  private static String shown(String origin, @Nullable String text) {
    if (text == null) {
      return "";
    }
    String masked = origin.equals(Origin.WIKIPEDIA.word()) ? text : MASKS.apply(text);
    return masked.length() <= MAX_SHOWN_CHARS
        ? masked
        : masked.substring(0, MAX_SHOWN_CHARS) + " […]";
  }

  private static List<Step> lineage(SparkSession spark, PublishedRun run) throws IOException {
    List<Step> steps = new ArrayList<>();
    PublishedRun at = run;
    while (true) {
      FileSystem files = at.path().getFileSystem(spark.sparkContext().hadoopConfiguration());
      steps.add(
          new Step(
              at, at.funnel(files).funnel(), at.statistics(files).byOrigin(), at.settings(files)));
      Optional<String> parent =
          at.manifest().inputs().stream()
              .map(Manifest.InputFile::path)
              .filter(path -> path.endsWith(MANIFEST))
              .findFirst();
      if (parent.isEmpty()) {
        break;
      }
      try {
        String path = parent.get();
        at =
            Workspace.open(
                path.substring(0, path.length() - MANIFEST.length()),
                spark.sparkContext().hadoopConfiguration());
      } catch (FileNotFoundException e) {
        break;
      }
    }
    Collections.reverse(steps);
    return steps;
  }
}
