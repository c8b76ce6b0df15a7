package io.ccpairs.jobs.workspace;

import static org.apache.spark.sql.functions.col;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

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

  private final SparkSession spark;
  private final Draft draft;
  private final double maxBadShare;

  /**
   * A writer into a draft.
   *
   * @param maxBadShare the piece fails when more than this share of its records are bad
   */
  public PieceWriter(SparkSession spark, Draft draft, double maxBadShare) {
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
   * Writes the kept rows in one pass over the input, and of the dropped ones the sample that the
   * tally holds.
   *
   * @param kept rows of {@link PairRows#SCHEMA}; their tasks add to {@code tallies} as they end
   */
  private Draft.Piece writeKept(Origin origin, JavaRDD<Row> kept, TallyAccumulator tallies)
      throws IOException {
    write(spark.createDataFrame(kept, PairRows.SCHEMA), draft.data(origin.word()));
    Tally tally = tallies.value();
    List<Row> sample =
        tally.dropped().stream().map(row -> PairRows.row(row.origin(), row.judged())).toList();
    write(
        spark.createDataFrame(sample, PairRows.JUDGED_SCHEMA).coalesce(1),
        draft.dropped(origin.word()));
    return finish(origin, tally);
  }

  /**
   * Writes kept and dropped rows, all of them. The judged rows are held on the executors' disks
   * between the two writes, so that the dumps are read once.
   *
   * @param judged rows of {@link PairRows#JUDGED_SCHEMA}
   */
  private Draft.Piece writeAll(Origin origin, JavaRDD<Row> judged, TallyAccumulator tallies)
      throws IOException {
    Dataset<Row> rows =
        spark.createDataFrame(judged, PairRows.JUDGED_SCHEMA).persist(StorageLevel.DISK_ONLY());
    write(
        rows.where(col("verdict").equalTo(Verdict.KEEP.word())).drop("kind", "verdict"),
        draft.data(origin.word()));
    // Taken before a lost block could make Spark count its task a second time.
    Tally tally = tallies.value();
    write(rows.where(col("verdict").notEqual(Verdict.KEEP.word())), draft.dropped(origin.word()));
    rows.unpersist();
    return finish(origin, tally);
  }

  private void write(Dataset<Row> rows, Path to) {
    rows.write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        .parquet(to.toString());
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
      write(spark.createDataFrame(bad, BAD_SCHEMA).coalesce(1), draft.bad(origin.word()));
    }
    long kept = keptPairs(funnel, origin);
    long written =
        spark.read().schema(PairRows.SCHEMA).parquet(draft.data(origin.word()).toString()).count();
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
