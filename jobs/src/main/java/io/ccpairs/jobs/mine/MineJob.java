package io.ccpairs.jobs.mine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.input.InputLimits;
import io.ccpairs.core.input.Split;
import io.ccpairs.core.input.Splits;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.privacy.OptOut;
import io.ccpairs.core.source.reddit.RedditConfig;
import io.ccpairs.core.source.reddit.RedditRecords;
import io.ccpairs.core.source.stackexchange.StackExchangeConfig;
import io.ccpairs.core.source.stackexchange.StackExchangeRecords;
import io.ccpairs.core.source.wikipedia.WikipediaConfig;
import io.ccpairs.jobs.mine.SplitRows.Framing;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.HadoopSource;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import io.ccpairs.jobs.workspace.Draft;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.OptOutList;
import io.ccpairs.jobs.workspace.Order;
import io.ccpairs.jobs.workspace.PieceWriter;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Mines raw dumps into the table {@code pairs}: one piece for each origin, one pass over each dump.
 */
public final class MineJob {
  /** The table that this job writes. */
  public static final String TABLE = "pairs";

  /** Goes up when the same dumps give other rows. */
  private static final int VERSION = 4;

  private static final int MAX_TASKS = 100_000;

  /** Bytes of a dump whose items one task sorts; half of them are dropped before as a rule. */
  private static final long THREAD_TASK_BYTES = 128L << 20;

  private static final byte[] LINE = "\n".getBytes(UTF_8);
  private static final byte[] PAGE = "</page>".getBytes(UTF_8);

  private final SparkContext spark;
  private final JavaSparkContext context;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final Config config;
  private final OptOutList optOut;

  /** The settings of the job, one record for each origin and one for all. */
  public record Config(
      MineConfig mine,
      WikipediaConfig wikipedia,
      StackExchangeConfig stackexchange,
      RedditConfig reddit) {}

  /**
   * A job in an application.
   *
   * @param optOut who and what is left out
   */
  public MineJob(SparkContext spark, Config config, OptOutList optOut) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark);
    this.hadoop = context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    this.config = config;
    this.optOut = optOut;
  }

  /**
   * Mines the inputs into a run of the workspace.
   *
   * @param settings the effective settings by key, for fingerprint and manifest
   * @param name the run's name; null for its fingerprint
   */
  public Stage.Result run(
      Inputs inputs,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    Order order =
        new Order(
            TABLE,
            "mine",
            VERSION,
            PairRows.SCHEMA_VERSION,
            name,
            optOut.withFile(inputs.listed()),
            shapingRows(settings));
    return new Stage(spark, workspace, config.mine().maxBadShare())
        .run(
            order,
            onExisting,
            List.copyOf(inputs.files().keySet()),
            (origin, draft, writer) -> piece(origin, inputs.of(origin), writer));
  }

  /** Settings that change how the work is shared out, but no row, do not make another run. */
  private static SortedMap<String, String> shapingRows(SortedMap<String, String> settings) {
    SortedMap<String, String> shaping = new TreeMap<>(settings);
    shaping.keySet().removeAll(List.of("mine.partitions", "mine.split-bytes"));
    return shaping;
  }

  private Draft.Piece piece(Origin origin, List<FileStatus> files, PieceWriter writer)
      throws IOException {
    TallyAccumulator tallies = new TallyAccumulator(emptyTally());
    spark.register(tallies, "mine " + origin.word());
    context.setJobDescription("mine " + origin.word() + ": read, clean and write pairs");
    JavaRDD<Row> rows =
        switch (origin) {
          case WIKIPEDIA -> wikipedia(files, tallies);
          case STACKEXCHANGE -> threads(origin, files, stackexchangeReaders(), tallies);
          case REDDIT -> threads(origin, files, redditReaders(), tallies);
        };
    return writer.write(origin, config.mine().dropped(), rows, tallies);
  }

  /** Pages need nobody else: read, cut into sections and written by the same task. */
  private JavaRDD<Row> wikipedia(List<FileStatus> files, TallyAccumulator tallies)
      throws IOException {
    Framing framing = framing(PAGE);
    Tally empty = emptyTally();
    WikipediaConfig wikipedia = config.wikipedia();
    Dropped dropped = config.mine().dropped();
    OptOut leftOut = optOut.entries();
    return splits(files)
        .mapPartitions(
            bins ->
                new SplitRows<>(
                    only(bins),
                    framing,
                    Origin.WIKIPEDIA,
                    split ->
                        PageReader.of(
                            split,
                            wikipedia,
                            framing.delimiter(),
                            framing.limits(),
                            dropped,
                            leftOut),
                    empty.fresh(),
                    tally -> {
                      tallies.add(tally);
                      return List.of();
                    }));
  }

  /**
   * Posts and answers meet by a shuffle on their thread; each task then joins its threads in one
   * pass over sorted rows.
   */
  private JavaRDD<Row> threads(
      Origin origin, List<FileStatus> files, ReaderFactory readers, TallyAccumulator tallies)
      throws IOException {
    Framing framing = framing(LINE);
    Tally empty = emptyTally();
    JavaPairRDD<byte[], Object> items =
        splits(files)
            .mapPartitions(
                bins -> {
                  ItemBytes bytes = new ItemBytes();
                  return new SplitRows<>(
                      only(bins),
                      framing,
                      origin,
                      split -> readers.reader(split.source().name(), bytes),
                      empty.fresh(),
                      tally -> List.of(bytes.tally(tally, TaskContext.getPartitionId())));
                })
            .mapToPair(MineJob::alone);
    JavaPairRDD<byte[], Object> sorted =
        items.repartitionAndSortWithinPartitions(new ByThread(threadTasks(files)), ItemBytes.ORDER);
    ((ShuffledRDD<byte[], ?, Object>) sorted.rdd()).setSerializer(new BytesSerializer());
    Dropped dropped = config.mine().dropped();
    return sorted
        .keys()
        .mapPartitions(records -> new ThreadRows(origin, records, dropped, empty.fresh(), tallies));
  }

  @SuppressWarnings("NullAway") // Spark shuffles pairs; ours have no second half
  private static Tuple2<byte[], Object> alone(byte[] record) {
    return new Tuple2<>(record, null);
  }

  /** Tasks behind the shuffle: as many as asked for, or so that each sorts in memory. */
  private int threadTasks(List<FileStatus> files) {
    if (config.mine().partitions() > 0) {
      return config.mine().partitions();
    }
    long unpacked =
        files.stream().mapToLong(file -> file.getLen() * expansion(file.getPath().getName())).sum();
    long atMost = Math.min(MAX_TASKS, Math.max(1, unpacked >> 20));
    long wanted = Math.max(context.defaultParallelism(), unpacked / THREAD_TASK_BYTES);
    return (int) Math.min(atMost, wanted);
  }

  /** About how many bytes a byte of a forum's dump becomes. */
  private static int expansion(String name) {
    if (name.endsWith(".zst")) {
      return 12;
    }
    return name.endsWith(".bz2") || name.endsWith(".gz") || name.endsWith(".7z") ? 5 : 1;
  }

  /** Brings the items of a thread together. */
  private static final class ByThread extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int tasks;

    ByThread(int tasks) {
      this.tasks = tasks;
    }

    @Override
    public int numPartitions() {
      return tasks;
    }

    @Override
    public int getPartition(Object key) {
      return (int) Long.remainderUnsigned(ItemBytes.hash((byte[]) key), tasks);
    }
  }

  /** Makes the reader for a file; sent to the tasks. */
  private interface ReaderFactory extends java.io.Serializable {
    SplitRows.RecordReader<byte[]> reader(String path, ItemBytes bytes);
  }

  private ReaderFactory stackexchangeReaders() {
    StackExchangeConfig stackexchange = config.stackexchange();
    Dropped dropped = config.mine().dropped();
    OptOut leftOut = optOut.entries();
    return (path, bytes) ->
        new ForumReader(
            Origin.STACKEXCHANGE,
            Kind.OTHER,
            dropped,
            leftOut,
            new StackExchangeRecords(stackexchange, path)::judge,
            bytes);
  }

  private ReaderFactory redditReaders() {
    RedditConfig reddit = config.reddit();
    Dropped dropped = config.mine().dropped();
    OptOut leftOut = optOut.entries();
    return (path, bytes) ->
        new ForumReader(
            Origin.REDDIT,
            unreadable(path),
            dropped,
            leftOut,
            new RedditRecords(reddit)::judge,
            bytes);
  }

  /**
   * A line that cannot be read is counted as what its file holds: submissions (RS_…) or comments.
   */
  private static Kind unreadable(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return name.startsWith("rs_") || name.contains("submission") ? Kind.POST : Kind.COMMENT;
  }

  /** The files' splits, one list for each task. */
  private JavaRDD<List<Split>> splits(List<FileStatus> files) throws IOException {
    long total = files.stream().mapToLong(FileStatus::getLen).sum();
    int cores = spark.defaultParallelism();
    long target = config.mine().splitBytes();
    if (config.mine().partitions() > 0) {
      target = Math.max(1, total / config.mine().partitions());
    } else if (total / target < 2L * cores) {
      // Small inputs still keep every core busy.
      target = Math.max(1 << 20, total / (2L * cores));
    }
    List<Split> splits = new ArrayList<>();
    for (FileStatus file : files) {
      ByteSource source = new HadoopSource(file, hadoop);
      splits.addAll(Splits.plan(source, target));
    }
    long bins =
        config.mine().partitions() > 0 ? config.mine().partitions() : (total + target - 1) / target;
    List<List<Split>> packed = SplitBins.pack(splits, (int) Math.max(1, Math.min(bins, MAX_TASKS)));
    List<Integer> tasks = IntStream.range(0, packed.size()).boxed().toList();
    // The splits travel in the closure: it is always Java-serialised, while Kryo, where a cluster
    // is set to it, refuses records.
    return context.parallelize(tasks, Math.max(1, packed.size())).map(packed::get);
  }

  private static List<Split> only(Iterator<List<Split>> bins) {
    return bins.hasNext() ? bins.next() : List.of();
  }

  private Framing framing(byte[] delimiter) {
    return new Framing(
        delimiter, InputLimits.defaults().withMaxRecordBytes(config.mine().maxRecordBytes()));
  }

  private Tally emptyTally() {
    MineConfig mine = config.mine();
    return new Tally(mine.droppedSample(), mine.badRecords(), mine.seed());
  }
}
