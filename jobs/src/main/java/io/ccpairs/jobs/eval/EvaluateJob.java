package io.ccpairs.jobs.eval;

import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.eval.BitextScores;
import io.ccpairs.core.eval.Embedder;
import io.ccpairs.core.eval.Rankings;
import io.ccpairs.core.eval.RetrievalScores;
import io.ccpairs.core.eval.Run;
import io.ccpairs.core.eval.StsScores;
import io.ccpairs.core.eval.task.Bitext;
import io.ccpairs.core.eval.task.CorpusFiles;
import io.ccpairs.core.eval.task.Qrels;
import io.ccpairs.core.eval.task.QrelsFile;
import io.ccpairs.core.eval.task.QueryFile;
import io.ccpairs.core.eval.task.RetrievalTask;
import io.ccpairs.core.eval.task.SentencePairFile;
import io.ccpairs.core.eval.task.SentencePairs;
import io.ccpairs.core.eval.task.SquadFile;
import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.rank.lexical.Analyser;
import io.ccpairs.core.rank.lexical.Bm25;
import io.ccpairs.jobs.encode.EncodeJob;
import io.ccpairs.jobs.encode.SharedEncoder;
import io.ccpairs.jobs.spark.HadoopSource;
import io.ccpairs.jobs.workspace.ContractException;
import io.ccpairs.jobs.workspace.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Scores a model on tasks, and beside it BM25 and chance. Each result is written as soon as it
 * stands; one that is on file for the same model, data and conventions is read instead.
 */
public final class EvaluateJob {
  private static final int REVISION_DIGITS = 40;
  private static final long MAX_HASHED_BYTES = 64L << 20;

  private final SparkSession spark;
  private final Configuration hadoop;
  private final Broadcast<SerializableConfiguration> shared;
  private final EvaluateConfig config;
  private final ResultFiles results;
  private final @Nullable String predictions;
  private final Consumer<String> progress;
  private boolean anew;

  /**
   * A job in a session.
   *
   * @param out folder of results
   * @param savePredictions whether rankings, cosines and matches are written as well, below {@code
   *     out/predictions}
   * @param progress told of each result
   */
  public EvaluateJob(
      SparkSession spark,
      EvaluateConfig config,
      String out,
      Predictions savePredictions,
      Consumer<String> progress) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.shared =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(hadoop));
    this.config = config;
    this.results = new ResultFiles(hadoop, out);
    this.predictions = savePredictions == Predictions.SAVED ? out + "/predictions" : null;
    this.progress = progress;
  }

  /** What happens to rankings, cosines and matches once they are scored. */
  public enum Predictions {
    SAVED,
    DROPPED
  }

  /** Evaluates anew what is on file. */
  public EvaluateJob anew() {
    anew = true;
    return this;
  }

  /**
   * One line of the table.
   *
   * @param scores by system: random, bm25 and the model's name
   * @param expected what is on record for the last of them; null where nothing is
   * @param difference the score less what was expected
   * @param source who recorded it
   */
  public record Line(
      String task,
      String subset,
      String metric,
      Map<String, Double> scores,
      @Nullable Double expected,
      @Nullable Double difference,
      @Nullable String source) {}

  /**
   * Scores tasks.
   *
   * @param places task files and folders
   * @param data where the paths in task files begin; null for each file's own folder
   * @param model a model's folder; null for the baselines alone
   * @param modelName organisation/name for the results; null for the folder's name
   * @throws java.io.FileNotFoundException when a task or one of its files is missing
   * @throws io.ccpairs.core.input.CorruptInputException when a file of a task is damaged
   */
  public List<Line> run(
      List<String> places,
      @Nullable String data,
      @Nullable String model,
      @Nullable String modelName)
      throws IOException {
    List<TaskSpec> tasks = new TaskFinder(hadoop, data).find(places);
    List<Contestant> contestants = new ArrayList<>(List.of(random(), bm25()));
    if (model != null) {
      contestants.add(encoder(model, modelName));
    }
    List<Line> lines = new ArrayList<>();
    try {
      for (TaskSpec task : tasks) {
        lines.addAll(score(task, contestants));
      }
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
    return lines;
  }

  private List<Line> score(TaskSpec task, List<Contestant> contestants) throws IOException {
    String dataRevision =
        revision(
            task.subsets().values().stream()
                .flatMap(subset -> subset.source().files().stream())
                .toList(),
            task.subsets().values().stream().map(subset -> subset.source().reading()).toList());
    Map<String, Opened> opened = new LinkedHashMap<>();
    Map<ResultFiles.Entrant, Map<String, Scored>> all = new LinkedHashMap<>();
    for (Contestant contestant : contestants) {
      Map<String, Map<String, String>> conventions = new LinkedHashMap<>();
      for (Map.Entry<String, TaskSpec.Subset> subset : task.subsets().entrySet()) {
        contestant
            .conventions(subset.getValue())
            .ifPresent(stated -> conventions.put(subset.getKey(), stated));
      }
      if (conventions.isEmpty()) {
        continue;
      }
      Optional<Map<String, Scored>> known =
          anew
              ? Optional.empty()
              : results.read(contestant.system(), task, dataRevision, conventions);
      if (known.isPresent()) {
        all.put(contestant.system(), known.get());
        continue;
      }
      long start = System.nanoTime();
      Map<String, Scored> scores = new LinkedHashMap<>();
      for (Map.Entry<String, Map<String, String>> entry : conventions.entrySet()) {
        String subset = entry.getKey();
        spark
            .sparkContext()
            .setJobDescription(
                "evaluate "
                    + contestant.system().shortName()
                    + " on "
                    + task.name()
                    + " "
                    + subset);
        Opened texts = opened.get(subset);
        if (texts == null) {
          texts = open(task, subset);
          opened.put(subset, texts);
        }
        scores.put(subset, contestant.score(texts, entry.getValue()));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      results.write(contestant.system(), task, dataRevision, scores, seconds);
      progress.accept(
          String.format(
              java.util.Locale.ROOT,
              "%s: %s scored in %.1f s",
              task.name(),
              contestant.system().shortName(),
              seconds));
      all.put(contestant.system(), scores);
    }
    return lines(task, all);
  }

  private static List<Line> lines(
      TaskSpec task, Map<ResultFiles.Entrant, Map<String, Scored>> scores) {
    List<Line> lines = new ArrayList<>();
    task.subsets()
        .forEach(
            (subset, spec) -> {
              String metric = spec.source().mainScore();
              Map<String, Double> values = new LinkedHashMap<>();
              String last = "";
              for (Map.Entry<ResultFiles.Entrant, Map<String, Scored>> entry : scores.entrySet()) {
                Scored scored = entry.getValue().get(subset);
                if (scored != null) {
                  last = entry.getKey().shortName();
                  values.put(last, scored.values().getOrDefault(metric, Double.NaN));
                }
              }
              String system = last;
              TaskSpec.Expectation expected =
                  task.expected().stream()
                      .filter(one -> one.system().equals(system))
                      .filter(one -> one.subset().equals(subset) && one.metric().equals(metric))
                      .findFirst()
                      .orElse(null);
              lines.add(
                  new Line(
                      task.name(),
                      subset,
                      metric,
                      values,
                      expected == null ? null : expected.value(),
                      expected == null
                          ? null
                          : values.getOrDefault(system, Double.NaN) - expected.value(),
                      expected == null ? null : expected.source()));
            });
    return lines;
  }

  /** The texts of a subset, read once for all systems. */
  private final class Opened {
    private final String file;
    private final TaskSpec.Subset spec;
    private final @Nullable RetrievalTask retrieval;
    private final @Nullable SentencePairs pairs;
    private final @Nullable Bitext bitext;
    private @Nullable StreamedRankings streamed;

    Opened(
        String file,
        TaskSpec.Subset spec,
        @Nullable RetrievalTask retrieval,
        @Nullable SentencePairs pairs,
        @Nullable Bitext bitext) {
      this.file = file;
      this.spec = spec;
      this.retrieval = retrieval;
      this.pairs = pairs;
      this.bitext = bitext;
    }

    /** The corpus in the executors' hands; null where the driver does better alone. */
    @Nullable StreamedRankings streamed() {
      if (streamed == null
          && spec.source() instanceof TaskSpec.Retrieval source
          && retrieval != null
          && retrieval.corpus() instanceof CorpusFiles files
          && source.corpus().stream().mapToLong(FileStatus::getLen).sum()
              > (long) config.driverMb() << 20) {
        streamed = new StreamedRankings(spark, files, retrieval.answered());
      }
      return streamed;
    }
  }

  private Opened open(TaskSpec task, String name) throws IOException {
    TaskSpec.Subset subset = java.util.Objects.requireNonNull(task.subsets().get(name));
    String file = task.name() + "." + name;
    if (subset.source() instanceof TaskSpec.Retrieval source) {
      Qrels qrels = new Qrels();
      for (FileStatus qrelsFile : source.qrels()) {
        QrelsFile.read(source(qrelsFile), source.leaveOut(), qrels);
      }
      Map<String, String> queries = QueryFile.read(source(source.queries()), source.queryIds());
      RetrievalTask retrieval =
          new RetrievalTask(
              queries, qrels, new CorpusFiles(source.corpus().stream().map(this::source).toList()));
      if (retrieval.answered().isEmpty()) {
        throw new ContractException(
            "Cannot evaluate "
                + task.name()
                + ": none of its "
                + queries.size()
                + " queries has a relevant passage in "
                + source.qrels().get(0).getPath());
      }
      Opened opened = new Opened(file, subset, retrieval, null, null);
      checkJudgements(task.name() + " " + name, retrieval, opened.streamed());
      return opened;
    } else if (subset.source() instanceof TaskSpec.Squad source) {
      return new Opened(
          file, subset, SquadFile.read(source(source.file()), source.unit()), null, null);
    } else if (subset.source() instanceof TaskSpec.Similarity source) {
      SentencePairs pairs =
          SentencePairFile.read(
              source.files().stream().map(this::source).toList(), source.layout());
      return new Opened(file, subset, null, pairs, null);
    }
    TaskSpec.Translations source = (TaskSpec.Translations) subset.source();
    return new Opened(
        file, subset, null, null, Bitext.aligned(source(source.source()), source(source.target())));
  }

  /**
   * Tells what is judged and not there: it counts as not found, as trec_eval has it.
   *
   * @throws ContractException when no relevant passage is in the corpus: then ids do not fit
   */
  private void checkJudgements(
      String task, RetrievalTask retrieval, @Nullable StreamedRankings streamed)
      throws IOException {
    int queries = retrieval.qrels().answered().size();
    int known = retrieval.answered().size();
    Set<String> relevant = retrieval.qrels().relevant();
    long there = streamed == null ? retrieval.inCorpus(relevant) : streamed.count(relevant);
    if (there == 0) {
      throw new ContractException(
          "Cannot evaluate "
              + task
              + ": none of its "
              + relevant.size()
              + " relevant passages is in the corpus; their ids do not fit each other");
    }
    if (known < queries) {
      progress.accept(
          task + ": " + (queries - known) + " of " + queries + " judged queries have no text");
    }
    if (there < relevant.size()) {
      progress.accept(
          task
              + ": "
              + (relevant.size() - there)
              + " of "
              + relevant.size()
              + " relevant passages are not in the corpus");
    }
  }

  private ByteSource source(FileStatus file) {
    return new HadoopSource(file, shared);
  }

  /** What takes part. */
  private interface Contestant {
    ResultFiles.Entrant system();

    /** What its scores on a subset depend on; empty where it does not apply. */
    Optional<Map<String, String>> conventions(TaskSpec.Subset subset);

    Scored score(Opened texts, Map<String, String> conventions) throws IOException;
  }

  private static boolean isRetrieval(TaskSpec.Subset subset) {
    return subset.source().mainScore().equals("ndcg_at_10");
  }

  private Map<String, String> retrievalConventions() {
    Map<String, String> stated = new LinkedHashMap<>();
    stated.put("passage_text", "title + space + text");
    stated.put("hits_for_each_query", Integer.toString(config.depth()));
    stated.put("ties", "score as float32, then passage id, both descending (trec_eval)");
    stated.put("averaged_over", "queries with a relevant passage; nothing found counts 0");
    return stated;
  }

  private Scored judge(
      Opened texts, RetrievalTask task, Run run, String system, Map<String, String> conventions)
      throws IOException {
    save(system, texts.file + ".trec", run.trec(system));
    save("qrels", texts.file + ".qrels", task.qrels().trec());
    RetrievalScores scores = RetrievalScores.of(task.qrels(), run);
    Map<String, String> stated = new LinkedHashMap<>(conventions);
    stated.put("queries", Integer.toString(scores.queries()));
    stated.put("passages", Long.toString(run.passages()));
    return new Scored(scores.values(), stated);
  }

  private Contestant random() {
    ResultFiles.Entrant system =
        new ResultFiles.Entrant("ccpairs/random", "seed-" + config.seed(), null, null);
    return new Contestant() {
      @Override
      public ResultFiles.Entrant system() {
        return system;
      }

      @Override
      public Optional<Map<String, String>> conventions(TaskSpec.Subset subset) {
        return isRetrieval(subset) ? Optional.of(retrievalConventions()) : Optional.empty();
      }

      @Override
      public Scored score(Opened texts, Map<String, String> conventions) throws IOException {
        RetrievalTask task = java.util.Objects.requireNonNull(texts.retrieval);
        StreamedRankings streamed = texts.streamed();
        Run run =
            streamed == null
                ? Rankings.random(task, config.depth(), config.seed())
                : streamed.random(config.depth(), config.seed());
        return judge(texts, task, run, "random", conventions);
      }
    };
  }

  private Contestant bm25() {
    ResultFiles.Entrant system =
        new ResultFiles.Entrant("ccpairs/bm25", "k1-" + Bm25.K1 + "-b-" + Bm25.B, null, null);
    return new Contestant() {
      @Override
      public ResultFiles.Entrant system() {
        return system;
      }

      @Override
      public Optional<Map<String, String>> conventions(TaskSpec.Subset subset) {
        if (!isRetrieval(subset)) {
          return Optional.empty();
        }
        Map<String, String> stated = retrievalConventions();
        stated.put("formula", "Lucene's BM25, lengths exact");
        stated.put("k1", Double.toString(Bm25.K1));
        stated.put("b", Double.toString(Bm25.B));
        stated.put("analyser", Analyser.of(subset.language()).word());
        return Optional.of(stated);
      }

      @Override
      public Scored score(Opened texts, Map<String, String> conventions) throws IOException {
        RetrievalTask task = java.util.Objects.requireNonNull(texts.retrieval);
        Analyser analyser = Analyser.of(texts.spec.language());
        StreamedRankings streamed = texts.streamed();
        Run run =
            streamed == null
                ? Rankings.bm25(task, analyser, config.depth())
                : streamed.bm25(analyser, config.depth());
        return judge(texts, task, run, "bm25", conventions);
      }
    };
  }

  private Contestant encoder(String model, @Nullable String modelName) throws IOException {
    List<FileStatus> weights = new ArrayList<>();
    for (Manifest.InputFile file : EncodeJob.weights(spark, model)) {
      Path path = new Path(file.path());
      weights.add(path.getFileSystem(hadoop).getFileStatus(path));
    }
    String folder = new Path(model).getName();
    TextEncoder encoder = SharedEncoder.of(model, config.maxTokens(), hadoop);
    ResultFiles.Entrant system =
        new ResultFiles.Entrant(
            modelName == null ? "local/" + folder : modelName,
            revision(weights, List.of()),
            encoder.tokenizer().maxTokens(),
            encoder.dimensions());
    Embedder embedder = encoder::encode;
    return new Contestant() {
      @Override
      public ResultFiles.Entrant system() {
        return system;
      }

      @Override
      public Optional<Map<String, String>> conventions(TaskSpec.Subset subset) {
        Map<String, String> stated = new LinkedHashMap<>();
        String query = encoder.tokenizer().prefixes().query();
        stated.put("prefix_of_queries", query);
        stated.put(
            isRetrieval(subset) ? "prefix_of_passages" : "prefix_of_both_sides",
            isRetrieval(subset) ? encoder.tokenizer().prefixes().passage() : query);
        stated.put("max_tokens", Integer.toString(encoder.tokenizer().maxTokens()));
        stated.put("pooling", "mean, then unit length");
        stated.put("similarity", "cosine, every passage compared");
        if (isRetrieval(subset)) {
          stated.putAll(retrievalConventions());
        }
        return Optional.of(stated);
      }

      @Override
      public Scored score(Opened texts, Map<String, String> conventions) throws IOException {
        if (texts.pairs != null) {
          StsScores scores = StsScores.of(texts.pairs, embedder);
          save(system.shortName(), texts.file + ".tsv", columns(texts.pairs, scores));
          Map<String, String> stated = new LinkedHashMap<>(conventions);
          stated.put("pairs", Integer.toString(texts.pairs.first().size()));
          stated.put("pairs_without_score_left_out", Integer.toString(texts.pairs.unscored()));
          return new Scored(scores.values(), stated);
        } else if (texts.bitext != null) {
          BitextScores scores = BitextScores.of(texts.bitext, embedder);
          save(system.shortName(), texts.file + ".tsv", columns(texts.bitext, scores));
          Map<String, String> stated = new LinkedHashMap<>(conventions);
          stated.put("pairs", Integer.toString(texts.bitext.source().size()));
          return new Scored(scores.values(), stated);
        }
        RetrievalTask task = java.util.Objects.requireNonNull(texts.retrieval);
        StreamedRankings streamed = texts.streamed();
        Run run;
        if (streamed == null) {
          run = Rankings.dense(task, embedder, config.depth());
        } else {
          Broadcast<SerializableConfiguration> configuration = shared;
          int maxTokens = config.maxTokens();
          run =
              streamed.dense(
                  () -> SharedEncoder.of(model, maxTokens, configuration.value().value())::encode,
                  embedder.encode(Role.QUERY, List.copyOf(task.answered().values())),
                  config.depth());
        }
        return judge(texts, task, run, system.shortName(), conventions);
      }
    };
  }

  private static String columns(SentencePairs pairs, StsScores scores) {
    StringBuilder text = new StringBuilder("score\tcosine\n");
    for (int i = 0; i < pairs.scores().size(); i++) {
      text.append(pairs.scores().get(i)).append('\t').append(scores.cosines().get(i)).append('\n');
    }
    return text.toString();
  }

  private static String columns(Bitext bitext, BitextScores scores) {
    StringBuilder text = new StringBuilder("gold\tnearest\tnearest_by_margin\n");
    for (int i = 0; i < bitext.gold().size(); i++) {
      text.append(bitext.gold().get(i))
          .append('\t')
          .append(scores.nearest().get(i))
          .append('\t')
          .append(scores.nearestByMargin().get(i))
          .append('\n');
    }
    return text.toString();
  }

  private void save(String system, String name, String text) throws IOException {
    if (predictions != null) {
      Path file = new Path(new Path(predictions, system), name);
      FileSystem files = file.getFileSystem(hadoop);
      try (OutputStream out = files.create(file, true)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /**
   * A name for the content of files and how they are read; of very large files name and length
   * stand for the content.
   */
  private String revision(List<FileStatus> all, List<String> readings) throws IOException {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
    for (String reading : readings) {
      sha.update((reading + "\n").getBytes(StandardCharsets.UTF_8));
    }
    byte[] buffer = new byte[1 << 16];
    for (FileStatus file : all) {
      sha.update(
          (file.getPath().getName() + " " + file.getLen() + "\n").getBytes(StandardCharsets.UTF_8));
      boolean weights = file.getPath().getName().endsWith(".safetensors");
      if (file.getLen() <= MAX_HASHED_BYTES || weights) {
        try (InputStream in = file.getPath().getFileSystem(hadoop).open(file.getPath())) {
          for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            sha.update(buffer, 0, read);
          }
        }
      }
    }
    return HexFormat.of().formatHex(sha.digest()).substring(0, REVISION_DIGITS);
  }
}
