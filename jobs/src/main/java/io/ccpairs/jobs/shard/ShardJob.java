package io.ccpairs.jobs.shard;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.udf;

import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.shard.BatchPlan;
import io.ccpairs.core.shard.ShardIndex;
import io.ccpairs.jobs.workspace.ContractException;
import io.ccpairs.jobs.workspace.Draft;
import io.ccpairs.jobs.workspace.FunnelFile;
import io.ccpairs.jobs.workspace.Json;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Lays a table of pairs out in the global batches of a training. {@link BatchPlan} gives every pair
 * its place; this job sorts ids by place to find where files begin, and brings each pair to its
 * file. Texts are shuffled twice for each epoch: to number siblings, and to their files.
 */
public final class ShardJob {
  /** The table that this job writes. */
  public static final String TABLE = "shards";

  /** Goes up when the same rows and settings give other batches. */
  private static final int VERSION = 1;

  private static final String ALL = "all";

  private static final StructType SCHEMA =
      new StructType()
          .add("pair_id", DataTypes.StringType, false, "the pair in the table that was sharded")
          .add("origin", DataTypes.StringType, false, "where it was mined")
          .add("query", DataTypes.StringType, false, "plain text, without prefix")
          .add("passage", DataTypes.StringType, false, "plain text, without prefix")
          .add("query_key", DataTypes.LongType, false, "equal for siblings by thread or page")
          .add("passage_key", DataTypes.LongType, false, "equal for equal passages")
          .add("batch", DataTypes.LongType, false, "number of the global batch in the epoch");

  private final SparkSession spark;
  private final ShardConfig config;

  /** A job in a session. */
  public ShardJob(SparkSession spark, ShardConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /** What a task wrote: one file, and what was counted on the way. */
  private record Written(
      int file,
      String path,
      long rows,
      long siblings,
      long bytes,
      long footer,
      String footerHash,
      long idSum,
      long[] byOrigin)
      implements Serializable {}

  /** The files of an epoch: each stream's batches, some to a file. */
  private record Layout(List<BatchPlan.Stream> streams, List<long[]> numbers, int batchesPerFile)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    int files(int stream) {
      return Math.toIntExact((streams.get(stream).batches() + batchesPerFile - 1) / batchesPerFile);
    }

    int firstFile(int stream) {
      int first = 0;
      for (int i = 0; i < stream; i++) {
        first += files(i);
      }
      return first;
    }

    int stream(int file) {
      int stream = 0;
      while (file >= firstFile(stream) + files(stream)) {
        stream++;
      }
      return stream;
    }
  }

  /**
   * Makes a run of {@link #TABLE} from a run of any table of pairs.
   *
   * @param name the run's name; null for its fingerprint
   * @param settings the effective settings by key, for fingerprint and manifest
   */
  public Stage.Result run(
      PublishedRun input,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    TableStage stage = new TableStage(spark, workspace, input);
    Workspace.Begun begun =
        workspace.begin(
            stage.order(TABLE, "shard", VERSION, name, List.of(), settings), onExisting);
    if (begun.upToDate().isPresent()) {
      PublishedRun run = begun.upToDate().get();
      return new Stage.Result(run, run.funnel(workspace.files()).funnel(), true);
    }
    try (Draft draft = begun.draft().orElseThrow()) {
      long[] pairs = new long[Origin.values().length];
      for (Origin origin : input.origins()) {
        pairs[place(origin)] = input.manifest().rows().getOrDefault(origin.word(), 0L);
      }
      Sample sample = Sample.of(stage, config);
      long[] drawn = sample == null ? pairs : sample.pairs();
      double[] shares = BatchPlan.shares(drawn, config.weights().byOrigin(), config.exponent());
      List<ShardIndex.Epoch> epochs = new ArrayList<>();
      List<ShardIndex.Shard> files = new ArrayList<>();
      long[] written = new long[pairs.length];
      long idSum = 0;
      for (int epoch = 0; epoch < config.epochs(); epoch++) {
        idSum += layOut(stage, sample, shares, epoch, draft, epochs, files, written);
      }
      Json.write(
          draft.files(),
          HadoopShards.indexOf(draft.path()),
          new ShardIndex(
              ShardIndex.FORMAT,
              config.seed(),
              config.batchPairs(),
              config.slices(),
              config.mixing() == ShardConfig.Mixing.MIXED ? "mixed" : "single-source",
              epochs,
              files));
      List<Draft.Piece> pieces = new ArrayList<>();
      Funnel all = new Funnel();
      for (Origin origin : input.origins()) {
        long in = pairs[place(origin)] * config.epochs();
        long takePart = drawn[place(origin)] * config.epochs();
        long kept = written[place(origin)];
        Funnel funnel = new Funnel();
        funnel.addIn(origin, Kind.PAIR, in);
        funnel.addJudged(origin, Kind.PAIR, Verdict.KEEP, kept);
        if (takePart < in) {
          funnel.addJudged(origin, Kind.PAIR, Verdict.NOT_DRAWN, in - takePart);
        }
        if (kept < takePart) {
          funnel.addJudged(origin, Kind.PAIR, Verdict.OVER_SHARE, takePart - kept);
        }
        all.merge(funnel);
        pieces.add(
            new Draft.Piece(
                origin.word(),
                FunnelFile.of(funnel),
                Map.of(),
                pieces.isEmpty() ? String.format(Locale.ROOT, "%016x", idSum) : "0",
                kept));
      }
      // A task that Spark ran twice may still be writing its second file.
      Set<String> names = files.stream().map(ShardIndex.Shard::path).collect(Collectors.toSet());
      return new Stage.Result(
          draft.publish(pieces, SCHEMA, names::contains, run -> card(run, input, epochs)),
          all,
          false);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  /**
   * Writes one epoch.
   *
   * @return sum of the first 64 bits of all pair ids written
   */
  private long layOut(
      TableStage stage,
      @Nullable Sample sample,
      double[] shares,
      int epoch,
      Draft draft,
      List<ShardIndex.Epoch> epochs,
      List<ShardIndex.Shard> files,
      long[] written)
      throws IOException {
    describe(epoch, "give every pair its place");
    Path placed = draft.scratch("placed-" + epoch);
    place(stage, sample, shares, epoch).write().mode(SaveMode.Overwrite).parquet(placed.toString());
    Dataset<Row> rows = spark.read().parquet(placed.toString());
    long[] expected = new long[Origin.values().length];
    long expectedIds = 0;
    SortedMap<String, Long> sizes = new TreeMap<>();
    for (Row row :
        rows.groupBy("stream", "origin")
            .agg(
                count(lit(1)).as("pairs"),
                org.apache.spark.sql.functions.sum(idBits().apply(col("pair_id"))).as("ids"))
            .collectAsList()) {
      sizes.merge(row.getString(0), row.getLong(2), Long::sum);
      expected[place(Origin.of(row.getString(1)))] += row.getLong(2);
      expectedIds += row.getDecimal(3).longValue();
    }
    if (sizes.isEmpty()) {
      throw new ContractException("Cannot plan batches: the table has no pairs to train on");
    }
    Layout layout = layout(sizes);
    describe(epoch, "find where files begin");
    Bounds bounds = bounds(rows, layout);
    describe(epoch, "write shards");
    List<Written> shards = write(rows, bounds, layout, epoch, draft);
    long batches = layout.numbers().stream().mapToLong(numbers -> numbers.length).sum();
    long[] found = new long[expected.length];
    long foundIds = 0;
    long siblings = 0;
    for (Written shard : shards) {
      int stream = layout.stream(shard.file());
      int first = (shard.file() - layout.firstFile(stream)) * layout.batchesPerFile();
      long[] numbers = layout.numbers().get(stream);
      List<Long> own = new ArrayList<>();
      for (int i = first; i < Math.min(numbers.length, first + layout.batchesPerFile()); i++) {
        own.add(numbers[i]);
      }
      files.add(
          new ShardIndex.Shard(
              shard.path(),
              epoch,
              layout.streams().get(stream).name(),
              shard.rows(),
              shard.bytes(),
              shard.footer(),
              shard.footerHash(),
              own));
      for (int i = 0; i < found.length; i++) {
        found[i] += shard.byOrigin()[i];
        written[i] += shard.byOrigin()[i];
      }
      foundIds += shard.idSum();
      siblings += shard.siblings();
    }
    if (!Arrays.equals(found, expected) || foundIds != expectedIds) {
      throw new ContractException(
          "Accounting broken for epoch "
              + epoch
              + ": pairs planned by origin "
              + Arrays.toString(expected)
              + ", written "
              + Arrays.toString(found)
              + (foundIds == expectedIds ? "" : ", and their ids differ"));
    }
    draft.files().delete(placed, true);
    epochs.add(new ShardIndex.Epoch(batches, Arrays.stream(found).sum(), siblings));
    return foundIds;
  }

  private void describe(int epoch, String what) {
    spark.sparkContext().setJobDescription("shard epoch " + epoch + ": " + what);
  }

  /** The rows that take part, with stream and place. */
  private Dataset<Row> place(
      TableStage stage, @Nullable Sample sample, double[] shares, int epoch) {
    long seed = config.seed();
    boolean mixed = config.mixing() == ShardConfig.Mixing.MIXED;
    Dataset<Row> all = null;
    for (Origin origin : stage.origins()) {
      double share = shares[place(origin)];
      if (share > 0) {
        var takesPart =
            udf(
                (UDF1<String, Boolean>) id -> BatchPlan.takesPart(id, share, seed, epoch),
                DataTypes.BooleanType);
        Dataset<Row> rows =
            drawn(stage.rows(origin), sample)
                .select("pair_id", "query", "passage", "query_key")
                .where(takesPart.apply(col("pair_id")))
                .withColumn("origin", lit(origin.word()))
                .withColumn("stream", lit(mixed ? ALL : origin.word()));
        all = all == null ? rows : all.union(rows);
      }
    }
    if (all == null) {
      throw new ContractException("Cannot plan batches: no source with a weight has pairs");
    }
    var draw = udf((UDF1<String, Long>) id -> BatchPlan.draw(id, seed, epoch), DataTypes.LongType);
    var place =
        udf(
            (UDF3<String, Integer, Long, Double>)
                (key, number, siblings) ->
                    BatchPlan.place(key, number - 1, Math.toIntExact(siblings), seed, epoch),
            DataTypes.DoubleType);
    // A pair without a key has no siblings.
    Column key = concat_ws(" ", col("origin"), coalesce(col("query_key"), col("pair_id")));
    WindowSpec siblings = Window.partitionBy("thread");
    return all.withColumn("thread", key)
        .withColumn("draw", draw.apply(col("pair_id")))
        .withColumn("number", row_number().over(siblings.orderBy("draw", "pair_id")))
        .withColumn("siblings", count(lit(1)).over(siblings))
        .withColumn("place", place.apply(col("thread"), col("number"), col("siblings")))
        .select("stream", "place", "pair_id", "origin", "query", "passage", "thread");
  }

  private Dataset<Row> drawn(Dataset<Row> rows, @Nullable Sample sample) {
    return sample == null ? rows : rows.where(sample.holds(config.seed()).apply(col("pair_id")));
  }

  private static org.apache.spark.sql.expressions.UserDefinedFunction idBits() {
    return udf(
        (UDF1<String, java.math.BigDecimal>) id -> java.math.BigDecimal.valueOf(bits(id)),
        DataTypes.createDecimalType(20, 0));
  }

  static int place(Origin origin) {
    return Arrays.asList(Origin.values()).indexOf(origin);
  }

  private static long bits(String id) {
    return Long.parseUnsignedLong(id.substring(0, 16), 16);
  }

  private Layout layout(SortedMap<String, Long> sizes) {
    List<BatchPlan.Stream> streams = new ArrayList<>();
    sizes.forEach(
        (name, rows) -> {
          BatchPlan.Stream stream = BatchPlan.Stream.of(name, rows, config.batchPairs());
          if (rows / stream.batches() < config.slices()) {
            throw new ContractException(
                "Cannot plan batches of "
                    + rows
                    + " pairs ("
                    + name
                    + ") in "
                    + config.slices()
                    + " slices: a slice would be empty. Lower shard.slices");
          }
          streams.add(stream);
        });
    int batchesPerFile =
        Math.toIntExact(Math.max(1, Math.min(4096, config.filePairs() / config.batchPairs())));
    return new Layout(streams, BatchPlan.schedule(streams), batchesPerFile);
  }

  /** The place and id of the first pair of every file, by a sort of ids. */
  private static Bounds bounds(Dataset<Row> rows, Layout layout) {
    int streams = layout.streams().size();
    String[] names = new String[streams];
    double[][] places = new double[streams][];
    String[][] ids = new String[streams][];
    int[] firstFile = new int[streams];
    for (int stream = 0; stream < streams; stream++) {
      BatchPlan.Stream of = layout.streams().get(stream);
      Set<Long> begins = new HashSet<>();
      for (long batch = 0; batch < of.batches(); batch += layout.batchesPerFile()) {
        begins.add(of.begin(batch));
      }
      names[stream] = of.name();
      firstFile[stream] = layout.firstFile(stream);
      List<Tuple2<Row, Long>> firsts =
          rows.where(col("stream").equalTo(of.name()))
              .select("place", "pair_id")
              .orderBy("place", "pair_id")
              .toJavaRDD()
              .zipWithIndex()
              .filter(ranked -> begins.contains(ranked._2()))
              .collect();
      places[stream] = firsts.stream().mapToDouble(first -> first._1().getDouble(0)).toArray();
      ids[stream] = firsts.stream().map(first -> first._1().getString(1)).toArray(String[]::new);
    }
    return new Bounds(names, places, ids, firstFile);
  }

  private List<Written> write(
      Dataset<Row> rows, Bounds bounds, Layout layout, int epoch, Draft draft) {
    int last = layout.streams().size() - 1;
    int files = layout.firstFile(last) + layout.files(last);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<Bounds> shared = context.broadcast(bounds);
    Broadcast<Layout> laidOut = context.broadcast(layout);
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    var file =
        udf(
            (UDF3<String, Double, String, Integer>)
                (stream, place, id) -> shared.value().file(stream, place, id),
            DataTypes.IntegerType);
    int slices = config.slices();
    String folder = folder(draft, epoch).toString();
    String relative = "data/" + folder(draft, epoch).getName();
    return new ArrayList<>(
        rows.withColumn("file", file.apply(col("stream"), col("place"), col("pair_id")))
            .repartition(files, col("file"))
            .sortWithinPartitions("file", "place", "pair_id")
            .select("file", "pair_id", "origin", "query", "passage", "thread")
            .toJavaRDD()
            .mapPartitions(
                sorted ->
                    new Files(sorted, laidOut.value(), slices, folder, relative, hadoop.value())
                        .iterator())
            .collect());
  }

  /** Writes the files of one task. */
  private record Files(
      Iterator<Row> rows,
      Layout layout,
      int slices,
      String folder,
      String relative,
      SerializableConfiguration hadoop) {

    Iterator<Written> iterator() throws IOException {
      List<Written> written = new ArrayList<>();
      Row next = rows.hasNext() ? rows.next() : null;
      while (next != null) {
        int file = next.getInt(0);
        // A name of the attempt's own: a second copy of a task never writes into the first's file.
        String name =
            String.format(
                Locale.ROOT, "part-%05d-%s.parquet", file, TaskContext.get().taskAttemptId());
        Path path = new Path(folder, name);
        int stream = layout.stream(file);
        BatchPlan.Stream of = layout.streams().get(stream);
        long[] numbers = layout.numbers().get(stream);
        int first = (file - layout.firstFile(stream)) * layout.batchesPerFile();
        int end = Math.min(numbers.length, first + layout.batchesPerFile());
        long idSum = 0;
        long[] byOrigin = new long[Origin.values().length];
        ShardFileWriter writer = new ShardFileWriter(path, slices, hadoop.value());
        for (int batch = first; batch < end; batch++) {
          long size = of.begin(batch + 1) - of.begin(batch);
          List<ShardFileWriter.Row> pairs = new ArrayList<>();
          while (pairs.size() < size && next != null && next.getInt(0) == file) {
            ShardFileWriter.Row pair = pair(next);
            pairs.add(pair);
            idSum += bits(pair.pairId());
            byOrigin[place(Origin.of(pair.origin()))]++;
            next = rows.hasNext() ? rows.next() : null;
          }
          if (pairs.size() != size) {
            throw new ContractException(
                "Accounting broken: batch "
                    + batch
                    + " of "
                    + of.name()
                    + " has "
                    + pairs.size()
                    + " pairs, planned were "
                    + size);
          }
          writer.add(numbers[batch], pairs);
        }
        writer.close();
        if (next != null && next.getInt(0) == file) {
          throw new ContractException("Accounting broken: more pairs than planned for " + name);
        }
        FileSystem files = path.getFileSystem(hadoop.value());
        long bytes = files.getFileStatus(path).getLen();
        byte[] tail = new byte[8];
        byte[] footer;
        try (var stream8 = files.open(path)) {
          stream8.readFully(bytes - 8, tail);
          int length =
              java.nio.ByteBuffer.wrap(tail).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt() + 8;
          footer = new byte[length];
          stream8.readFully(bytes - length, footer);
        }
        written.add(
            new Written(
                file,
                relative + "/" + name,
                writer.rows(),
                writer.siblings(),
                bytes,
                bytes - footer.length,
                io.ccpairs.core.shard.ShardHash.of(footer, 0, footer.length),
                idSum,
                byOrigin));
      }
      return written.iterator();
    }

    private static ShardFileWriter.Row pair(Row row) {
      String passage = row.getString(4);
      return new ShardFileWriter.Row(
          row.getString(1),
          row.getString(2),
          row.getString(3),
          passage,
          key(PairId.draw(row.getString(5), 0)),
          key(TextKey.of(passage).high()));
    }

    /** −1 stands for no key. */
    private static long key(long bits) {
      return bits == -1 ? -2 : bits;
    }
  }

  private static Path folder(Draft draft, int epoch) {
    return new Path(draft.path(), "data/epoch=" + epoch);
  }

  private static String card(PublishedRun run, PublishedRun input, List<ShardIndex.Epoch> epochs) {
    return "# ccpairs: shards\n\nThe pairs of "
        + input.path().getName()
        + " of the table `"
        + input.manifest().table()
        + "`, laid out in global batches: "
        + epochs.size()
        + (epochs.size() == 1 ? " epoch of " : " epochs, the first of ")
        + epochs.get(0).batches()
        + " batches. `__shards__/index.json` names files, batches and hashes; a row group is a\nslice"
        + " of a batch. Run "
        + run.manifest().run()
        + ".\n";
  }
}
