package io.ccpairs.jobs.filter;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.rank.ConsistencyFilter;
import io.ccpairs.jobs.encode.EncodeJob;
import io.ccpairs.jobs.encode.GpuProfile;
import io.ccpairs.jobs.spark.JudgedRows;
import io.ccpairs.jobs.spark.Statistics;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import io.ccpairs.jobs.workspace.Draft;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PieceWriter;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pairs on which a model agrees with the crowd: those whose passage ranks among the first
 * k for its query, against a pool of random passages (E5, section 3). The definition stands at
 * {@link ConsistencyFilter}.
 *
 * <p>{@link Ranking} makes pools and ranks; here they become verdicts.
 */
public final class FilterJob {
  /** The table that this job writes. */
  public static final String TABLE = "consistent";

  /** Goes up when the same rows and settings give other rows. */
  private static final int VERSION = 2;

  /** Settings that say how to decide and to work; all others belong to the ranks. */
  private static final List<String> DECIDING =
      List.of("filter.k", "filter.dropped", "filter.dropped-sample");

  /** Settings that shape no row. */
  private static final List<String> WORKING = List.of("filter.piece-pairs", "filter.tasks-per-gpu");

  private static final System.Logger LOG = System.getLogger(FilterJob.class.getName());

  private final SparkSession spark;
  private final FilterConfig config;
  private final Work work;

  /** A job in a session. */
  public FilterJob(SparkSession spark, FilterConfig config) {
    this.spark = spark;
    this.config = config;
    this.work = new Work(spark.sparkContext());
  }

  /**
   * Filters a run into a run of {@link #TABLE}.
   *
   * @param model a model's folder
   * @param name the run's name; null for its fingerprint
   * @param settings the effective settings by key, for fingerprint and manifest
   */
  public Stage.Result run(
      PublishedRun input,
      String model,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    TableStage stage = new TableStage(spark, workspace, input);
    GpuProfile profile = GpuProfile.of(spark.sparkContext(), config.tasksPerGpu());
    LOG.log(System.Logger.Level.INFO, "Encodes and ranks {0}", profile.reason());
    Ranking ranking = new Ranking(spark, config, work, stage, input, model, profile);
    Stage.Result result =
        stage.run(
            stage.order(
                TABLE,
                "filter",
                VERSION,
                name,
                EncodeJob.weights(spark, model),
                without(WORKING, settings)),
            onExisting,
            (origin, draft, writer) -> decide(stage, origin, ranking.of(origin, draft), writer));
    if (!result.upToDate()) {
      LOG.log(System.Logger.Level.INFO, "{0}", work);
    }
    return result;
  }

  /**
   * Decides anew from the ranks of an earlier run: encodes nothing.
   *
   * @param ranked a run of {@link #TABLE} made of the same input
   * @param settings the effective settings by key; those that the ranks were made with replace what
   *     they say of model and pool
   * @throws FileNotFoundException when the run's ranks do not answer for this input and k
   */
  public Stage.Result runOnRanks(
      PublishedRun input,
      PublishedRun ranked,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    TableStage stage = new TableStage(spark, workspace, input);
    FileSystem files = ranked.path().getFileSystem(spark.sparkContext().hadoopConfiguration());
    checkServes(ranked, input, files);
    SortedMap<String, String> shaping = without(WORKING, settings);
    ranked
        .settings(files)
        .forEach(
            (key, value) ->
                shaping.merge(key, value, (now, then) -> DECIDING.contains(key) ? now : then));
    return stage.run(
        stage.order(
            TABLE, "filter", VERSION, name, without(input, ranked.manifest().inputs()), shaping),
        onExisting,
        (origin, draft, writer) -> {
          if (origin.equals(stage.origins().get(0))) {
            copy(files, ranked.aside(Ranking.POOL), draft, draft.aside(Ranking.POOL));
          }
          Path ranks = new Path(draft.aside(Ranking.RANKS), origin.word());
          copy(files, new Path(ranked.aside(Ranking.RANKS), origin.word()), draft, ranks);
          return decide(stage, origin, ranks, writer);
        });
  }

  /** Devices that the tasks of this job ran on. */
  Set<String> places() {
    return work.places();
  }

  private Draft.Piece decide(TableStage stage, Origin origin, Path ranks, PieceWriter writer)
      throws IOException {
    TallyAccumulator tallies =
        JudgedRows.tallies(spark, "filter " + origin.word(), config.droppedSample(), config.seed());
    spark.sparkContext().setJobDescription("filter " + origin.word() + ": decide and write");
    int k = config.k();
    int upTo = config.rankUpTo();
    Dataset<Row> withRanks =
        stage
            .rows(origin)
            .join(read(ranks).dropDuplicates("pair_id"), new String[] {"pair_id"}, "left");
    return writer.write(
        origin,
        config.dropped(),
        JudgedRows.of(
            withRanks,
            origin,
            () -> (pair, row, tally) -> judge(pair, row, k, upTo, tally),
            config.dropped(),
            tallies),
        tallies);
  }

  private static Judged judge(TextPair pair, Row row, int k, int upTo, Tally tally) {
    Integer outranked = row.getAs("outranked");
    if (outranked == null) {
      throw new IllegalStateException("Pair " + pair.id() + " was not ranked");
    }
    if (outranked < 0) {
      return JudgedRows.judged(pair, Verdict.NO_VECTOR);
    }
    double cosine = row.<Double>getAs("similarity");
    int rank = outranked + 1;
    boolean kept = rank <= k;
    tally.count(pair.origin(), Statistics.RANKS, Statistics.rankBucket(rank, upTo));
    tally.count(
        pair.origin(),
        kept ? Statistics.KEPT_COSINES : Statistics.DROPPED_COSINES,
        Integer.toString((int) Math.floor(100 * cosine)));
    Integer inAll = row.getAs("outranked_in_all");
    if (inAll != null) {
      tally.count(pair.origin(), Statistics.FULL_RANKS, Statistics.bucket(inAll + 1));
    }
    return JudgedRows.judged(
        pair.withRank(rank, (float) cosine), kept ? Verdict.KEEP : Verdict.INCONSISTENT);
  }

  /** Whether another run's ranks answer for this input and k. */
  private void checkServes(PublishedRun ranked, PublishedRun input, FileSystem files)
      throws IOException {
    if (!ranked.manifest().table().equals(TABLE)) {
      throw new FileNotFoundException(
          "Cannot take the ranks of "
              + ranked.path()
              + ": it is a run of "
              + ranked.manifest().table()
              + ", ranks are kept by runs of "
              + TABLE);
    }
    if (!files.exists(ranked.aside(Ranking.RANKS))) {
      throw new FileNotFoundException(
          "Cannot take the ranks of "
              + ranked.path()
              + ": it has none, as a purged run keeps none; name the run that filter made, or rank"
              + " anew with --model");
    }
    String upTo = ranked.settings(files).getOrDefault("filter.rank-up-to", "0");
    if (without(input, ranked.manifest().inputs()).size() == ranked.manifest().inputs().size()) {
      throw new FileNotFoundException(
          "Cannot take the ranks of " + ranked.path() + ": it was not made of " + input.path());
    }
    if (config.k() > Integer.parseInt(upTo)) {
      throw new FileNotFoundException(
          "Cannot take the ranks of "
              + ranked.path()
              + ": they were counted up to "
              + upTo
              + ", filter.k is "
              + config.k()
              + ". Rank anew with --model");
    }
  }

  /** Inputs but for the files of a run. */
  private static List<Manifest.InputFile> without(
      PublishedRun run, List<Manifest.InputFile> inputs) {
    return inputs.stream()
        .filter(file -> !file.path().startsWith(run.path().toString() + "/"))
        .toList();
  }

  private static SortedMap<String, String> without(
      List<String> keys, SortedMap<String, String> settings) {
    SortedMap<String, String> others = new TreeMap<>(settings);
    others.keySet().removeAll(keys);
    return others;
  }

  /** Copies a folder; what a broken-off attempt left goes, or Hadoop would copy into it. */
  private static void copy(FileSystem files, Path from, Draft draft, Path to) throws IOException {
    draft.files().delete(to, true);
    if (!FileUtil.copy(files, from, draft.files(), to, false, true, files.getConf())) {
      throw new IOException("Cannot copy " + from + " to " + to);
    }
  }

  /** The ranks of an origin: stratum by stratum, piece by piece. */
  private Dataset<Row> read(Path ranks) throws IOException {
    FileSystem files = ranks.getFileSystem(spark.sparkContext().hadoopConfiguration());
    List<String> pieces = new ArrayList<>();
    for (FileStatus stratum : files.listStatus(ranks)) {
      for (FileStatus piece : files.listStatus(stratum.getPath())) {
        pieces.add(piece.getPath().toString());
      }
    }
    return pieces.isEmpty()
        ? spark.createDataFrame(List.of(), Ranking.SCHEMA)
        : spark.read().schema(Ranking.SCHEMA).parquet(pieces.toArray(String[]::new));
  }
}
