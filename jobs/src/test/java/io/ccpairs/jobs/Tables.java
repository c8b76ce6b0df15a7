package io.ccpairs.jobs;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.JudgedRows;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.spark.TallyAccumulator;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.Order;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Tables of pairs for tests. */
public final class Tables {
  private Tables() {}

  /** A pair with these texts; its keys are made of the number. */
  public static TextPair pair(Origin origin, int number, String query, String passage) {
    return pair(origin, number, query, passage, null);
  }

  /** A pair by an author. */
  public static TextPair pair(
      Origin origin, int number, String query, String passage, @Nullable String author) {
    String queryKey = "q" + number;
    String passageKey = "p" + number;
    return new TextPair(
        PairId.of(origin, queryKey, passageKey, query, passage),
        origin,
        "test",
        null,
        query,
        passage,
        queryKey,
        passageKey,
        number % 7,
        1_500_000_000L + number,
        passageKey,
        null,
        List.of(),
        null,
        null,
        author == null ? null : PairId.authorKey(origin, author),
        null,
        null);
  }

  /** Publishes pairs as the table {@code table} of a workspace. */
  public static PublishedRun publish(
      SparkSession spark, Path workspace, String table, List<TextPair> pairs) throws IOException {
    Workspace at = Workspace.at(workspace.toString(), spark.sparkContext().hadoopConfiguration());
    List<Origin> origins = pairs.stream().map(TextPair::origin).distinct().sorted().toList();
    Order order = new Order(table, "test", 1, 1, null, List.of(), new TreeMap<>());
    return new Stage(spark.sparkContext(), at, 0)
        .run(
            order,
            OnExisting.SKIP,
            origins,
            (origin, draft, writer) -> {
              List<Row> rows = new ArrayList<>();
              pairs.stream()
                  .filter(pair -> pair.origin() == origin)
                  .forEach(pair -> rows.add(PairRows.row(pair)));
              TallyAccumulator tallies = JudgedRows.tallies(spark, table, 0, 1);
              Dataset<Row> all = spark.createDataFrame(rows, PairRows.SCHEMA);
              return writer.write(
                  origin,
                  Dropped.SAMPLE,
                  JudgedRows.of(
                      all,
                      origin,
                      () ->
                          (pair, row, tally) ->
                              io.ccpairs.core.pair.Judged.pair(
                                  Kind.PAIR, io.ccpairs.core.pair.Verdict.KEEP, pair),
                      Dropped.SAMPLE,
                      tallies),
                  tallies);
            })
        .run();
  }

  /** The rows of a run as text, sorted. */
  public static List<String> rows(SparkSession spark, PublishedRun run) {
    List<String> rows = new ArrayList<>();
    for (Origin origin : run.origins()) {
      spark
          .read()
          .schema(PairRows.SCHEMA)
          .parquet(run.data(origin).toString())
          .collectAsList()
          .forEach(row -> rows.add(row.mkString("|")));
    }
    rows.sort(String::compareTo);
    return rows;
  }

  /** The ids of a run, sorted. */
  public static List<String> ids(SparkSession spark, PublishedRun run) {
    return rows(spark, run).stream().map(row -> row.substring(0, 32)).toList();
  }
}
