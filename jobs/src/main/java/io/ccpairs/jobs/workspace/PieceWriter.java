package io.ccpairs.jobs.workspace;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.spark.RowParquet;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes one origin of a run: the kept rows, the dropped ones beside them, the bad records; and
 * checks that they add up before the piece counts as finished.
 */
public final class PieceWriter {
  private static final StructType BAD_SCHEMA =
      new StructType()
          .add("origin", DataTypes.StringType)
          .add("file", DataTypes.StringType)
          .add("place", DataTypes.StringType)
          .add("reason", DataTypes.StringType);

  /** So many footers the driver reads by itself. */
  private static final int FEW_FILES = 16;

  private final SparkContext spark;
  private final Draft draft;
  private final double maxBadShare;

  /**
   * A writer into a draft.
   *
   * @param maxBadShare the piece fails when more than this share of its records are bad
   */
  public PieceWriter(SparkContext spark, Draft draft, double maxBadShare) {
    this.spark = spark;
    this.draft = draft;
    this.maxBadShare = maxBadShare;
  }

  /**
   * Writes one origin.
   *
   * @param rows of {@link PairRows#SCHEMA} and kept, for {@link Dropped#SAMPLE}; of {@link
   *     PairRows#JUDGED_SCHEMA}, for {@link Dropped#ALL}
   */
  public Draft.Piece write(
      Origin origin, Dropped dropped, JavaRDD<Row> rows, TallyAccumulator tallies)
      throws IOException {
    return dropped == Dropped.ALL
        ? writeAll(origin, rows, tallies)
        : writeKept(origin, rows, tallies);
  }

  /**
   * Writes the kept rows, and of the dropped ones the sample that the tally holds.
   *
   * @param kept rows of {@link PairRows#SCHEMA}; their tasks add to {@code tallies} as they end
   */
  private Draft.Piece writeKept(Origin origin, JavaRDD<Row> kept, TallyAccumulator tallies)
      throws IOException {
    Path data = draft.data(origin.word());
    draft.files().delete(data, true);
    new PieceFiles(data, List.of(new PieceFiles.Folder("", PairRows.SCHEMA))).write(kept, row -> 0);
    neverWithoutFile(data, PairRows.SCHEMA);
    Tally tally = tallies.value();
    write(
        tally.dropped().stream().map(row -> PairRows.row(row.origin(), row.judged())).toList(),
        PairRows.JUDGED_SCHEMA,
        draft.dropped(origin.word()));
    return finish(origin, tally);
  }

  /**
   * Writes kept and dropped rows, all of them, in the same pass.
   *
   * @param judged rows of {@link PairRows#JUDGED_SCHEMA}
   */
  private Draft.Piece writeAll(Origin origin, JavaRDD<Row> judged, TallyAccumulator tallies)
      throws IOException {
    draft.files().delete(draft.data(origin.word()), true);
    draft.files().delete(draft.dropped(origin.word()), true);
    int verdict = PairRows.JUDGED_SCHEMA.fieldIndex("verdict");
    String keep = Verdict.KEEP.word();
    new PieceFiles(
            draft.path(),
            List.of(
                new PieceFiles.Folder(below(draft.data(origin.word())), PairRows.SCHEMA),
                new PieceFiles.Folder(below(draft.dropped(origin.word())), PairRows.JUDGED_SCHEMA)))
        .write(judged, row -> row.getString(verdict).equals(keep) ? 0 : 1);
    neverWithoutFile(draft.data(origin.word()), PairRows.SCHEMA);
    neverWithoutFile(draft.dropped(origin.word()), PairRows.JUDGED_SCHEMA);
    return finish(origin, tallies.value());
  }

  /** A table without rows still has a file, which tells readers its columns. */
  private void neverWithoutFile(Path folder, StructType schema) throws IOException {
    if (!draft.files().exists(folder) || draft.files().listStatus(folder).length == 0) {
      write(List.of(), schema, folder);
    }
  }

  private String below(Path folder) {
    return folder.getParent().getName() + "/" + folder.getName();
  }

  /** Writes a few rows from here: the draft is not visible, so nothing needs a commit. */
  private void write(List<Row> rows, StructType schema, Path to) throws IOException {
    draft.files().delete(to, true);
    try (ParquetWriter<Row> writer =
        RowParquet.writer(
            new Path(to, "part-00000.zstd.parquet"), schema, spark.hadoopConfiguration())) {
      for (Row row : rows) {
        writer.write(row);
      }
    }
  }

  /** The rows that stand in the files of a piece, by their footers. */
  private long written(Path data) throws IOException {
    Configuration settings = spark.hadoopConfiguration();
    List<String> files = new ArrayList<>();
    for (FileStatus file : draft.files().listStatus(data)) {
      files.add(file.getPath().toString());
    }
    if (files.size() <= FEW_FILES) {
      long rows = 0;
      for (String file : files) {
        rows += RowParquet.rows(new Path(file), settings);
      }
      return rows;
    }
    Broadcast<SerializableConfiguration> broadcast =
        spark.broadcast(
            new SerializableConfiguration(settings),
            scala.reflect.ClassTag.apply(SerializableConfiguration.class));
    return JavaSparkContext.fromSparkContext(spark)
        .parallelize(files)
        .map(file -> RowParquet.rows(new Path(file), broadcast.value().value()))
        .fold(0L, Long::sum);
  }

  private Draft.Piece finish(Origin origin, Tally tally) throws IOException {
    Funnel funnel = tally.funnel();
    checkAccounting(funnel);
    checkBadShare(origin, tally);
    if (!tally.badRecords().isEmpty()) {
      List<Row> bad = new ArrayList<>();
      tally
          .badRecords()
          .forEach(
              record ->
                  bad.add(
                      RowFactory.create(
                          record.origin().word(), record.file(), record.place(), record.reason())));
      write(bad, BAD_SCHEMA, draft.bad(origin.word()));
    }
    long kept = keptPairs(funnel, origin);
    long written = written(draft.data(origin.word()));
    if (kept != written) {
      throw new ContractException(
          "Accounting broken for "
              + origin.word()
              + ": "
              + kept
              + " pairs were kept, "
              + written
              + " stand in the table");
    }
    Draft.Piece piece =
        new Draft.Piece(
            origin.word(),
            FunnelFile.of(funnel),
            tally.statistics().byOrigin(),
            Long.toHexString(tally.idSum()),
            kept);
    draft.finish(piece);
    return piece;
  }

  private static void checkAccounting(Funnel funnel) {
    try {
      funnel.check();
    } catch (IllegalStateException e) {
      throw new ContractException(String.valueOf(e.getMessage()));
    }
  }

  private void checkBadShare(Origin origin, Tally tally) {
    long in = 0;
    long bad = 0;
    for (Kind kind : Kind.values()) {
      in += kind == Kind.SECTION ? 0 : tally.funnel().in(origin, kind);
      bad += tally.funnel().judged(origin, kind, Verdict.BAD_RECORD);
    }
    if (bad > maxBadShare * in) {
      StringBuilder message =
          new StringBuilder(
              "Cannot publish "
                  + origin.word()
                  + ": "
                  + bad
                  + " of "
                  + in
                  + " records could not be read, more than max-bad-share = "
                  + maxBadShare
                  + " allows. The first:");
      tally.badRecords().stream()
          .limit(5)
          .forEach(
              record ->
                  message
                      .append("\n  ")
                      .append(record.file())
                      .append(", ")
                      .append(record.place())
                      .append(": ")
                      .append(record.reason()));
      throw new ContractException(message.toString());
    }
  }

  /** Pairs are made of comments, answers and sections, or come as pairs. */
  private static long keptPairs(Funnel funnel, Origin origin) {
    return funnel.kept(origin, Kind.COMMENT)
        + funnel.kept(origin, Kind.ANSWER)
        + funnel.kept(origin, Kind.SECTION)
        + funnel.kept(origin, Kind.PAIR);
  }
}
