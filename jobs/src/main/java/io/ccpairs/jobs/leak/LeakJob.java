package io.ccpairs.jobs.leak;

import io.ccpairs.core.leak.LeakIndex;
import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.spark.JudgedRows;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Drops pairs whose query or passage stands in an evaluation set (E5 removes such pairs by exact
 * match; here shared runs of words count too). The index of the sets is sent once to each executor.
 */
public final class LeakJob {
  /** The table that this job writes. */
  public static final String TABLE = "unseen";

  /**
   * The dimension in which leaks are counted by task: a pair once for each task that holds its
   * query or its passage.
   */
  public static final String LEAKS = "leaks";

  /** The dimension in which leaks are counted by what was found, and how. */
  public static final String FOUND = "leak-found";

  /** Goes up when the same rows and settings give other rows. */
  private static final int VERSION = 2;

  private final SparkSession spark;
  private final LeakConfig config;

  /** A job in a session. */
  public LeakJob(SparkSession spark, LeakConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /**
   * Filters a run into a run of {@link #TABLE}.
   *
   * @param evaluationSets files, folders and globs
   * @param name the run's name; null for its fingerprint
   * @param settings the effective settings by key, for fingerprint and manifest
   */
  public Stage.Result run(
      PublishedRun input,
      List<String> evaluationSets,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    EvaluationTexts texts =
        new EvaluationTexts(spark.sparkContext().hadoopConfiguration(), config.corpora());
    for (String place : evaluationSets) {
      texts.add(place);
    }
    TableStage stage = new TableStage(spark, workspace, input);
    Broadcasted index = new Broadcasted(texts);
    return stage.run(
        stage.order(TABLE, "leaks", VERSION, name, texts.listed(), settings),
        onExisting,
        (origin, draft, writer) -> {
          TallyAccumulator tallies =
              JudgedRows.tallies(
                  spark, "leaks " + origin.word(), config.droppedSample(), config.seed());
          Broadcast<LeakIndex> sent = index.get();
          return writer.write(
              origin,
              config.dropped(),
              JudgedRows.of(
                  stage.rows(origin),
                  origin,
                  () -> {
                    LeakIndex found = sent.value();
                    return (pair, row, tally) -> judge(pair, found, tally);
                  },
                  config.dropped(),
                  tallies),
              tallies);
        });
  }

  /** Reads and sends the index when the first piece needs it: an up-to-date run reads no texts. */
  private final class Broadcasted {
    private final EvaluationTexts texts;
    private @Nullable Broadcast<LeakIndex> sent;

    Broadcasted(EvaluationTexts texts) {
      this.texts = texts;
    }

    Broadcast<LeakIndex> get() throws IOException {
      Broadcast<LeakIndex> known = sent;
      if (known == null) {
        known =
            JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(texts.index(config));
        sent = known;
      }
      return known;
    }
  }

  private static Judged judge(TextPair pair, LeakIndex index, Tally tally) {
    LeakIndex.Found query = index.find(pair.query());
    LeakIndex.Found passage = index.find(pair.passage());
    Set<String> tasks = new TreeSet<>(query.tasks());
    tasks.addAll(passage.tasks());
    if (tasks.isEmpty()) {
      return JudgedRows.judged(pair, Verdict.KEEP);
    }
    tasks.forEach(task -> tally.count(pair.origin(), LEAKS, task));
    boolean byQuery = !query.tasks().isEmpty();
    boolean whole = byQuery ? query.whole() : passage.whole();
    tally.count(
        pair.origin(), FOUND, (byQuery ? "query" : "passage") + (whole ? ", whole" : ", in part"));
    return JudgedRows.judged(pair, Verdict.LEAK);
  }
}
