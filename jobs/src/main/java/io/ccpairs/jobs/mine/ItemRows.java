package io.ccpairs.jobs.mine;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.jobs.spark.Tally;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What crosses the shuffle by which the items of a thread meet: the items; rows that were dropped
 * before it, when all dropped rows are wanted; and, once for each task, the tally of what the task
 * dropped. As rows, tallies are neither lost nor counted twice when Spark runs a task again.
 */
final class ItemRows {
  static final StructType SCHEMA =
      new StructType()
          .add("thread", DataTypes.StringType)
          .add("answers", DataTypes.BooleanType)
          .add("id", DataTypes.StringType)
          .add("kind", DataTypes.StringType)
          .add("subset", DataTypes.StringType)
          .add("lang", DataTypes.StringType)
          .add("text", DataTypes.StringType)
          .add("votes", DataTypes.IntegerType)
          .add("created", DataTypes.LongType)
          .add("accepted", DataTypes.StringType)
          .add("acceptance_known", DataTypes.BooleanType)
          .add("tags", DataTypes.createArrayType(DataTypes.StringType, false))
          .add("licence", DataTypes.StringType)
          .add("author", DataTypes.LongType)
          .add("verdict", DataTypes.StringType)
          .add("tally", DataTypes.BinaryType);

  /**
   * Items of a thread together, its opener first, equal ids together; the rest only makes the order
   * total.
   */
  static final String[] ORDER = {"thread", "answers", "id", "created", "votes", "text"};

  private static final int WIDTH = SCHEMA.size();
  private static final int VERDICT = WIDTH - 2;
  private static final int TALLY = WIDTH - 1;

  private ItemRows() {}

  static Row row(ThreadItem item) {
    @Nullable Object[] values = new Object[WIDTH];
    values[0] = item.thread();
    values[1] = !item.opens();
    values[2] = item.id();
    values[3] = item.kind().name();
    values[4] = item.subset();
    values[5] = item.lang();
    values[6] = item.text();
    values[7] = item.votes();
    values[8] = item.createdAt();
    values[9] = item.accepted();
    values[10] = item.acceptanceKnown();
    values[11] = item.tags().toArray(String[]::new);
    values[12] = item.licence();
    values[13] = item.author();
    return RowFactory.create(values);
  }

  static Row dropped(Judged judged) {
    @Nullable Object[] values = new Object[WIDTH];
    values[0] = judged.sourceId();
    values[2] = judged.sourceId();
    values[3] = judged.kind().name();
    values[6] = judged.text();
    values[VERDICT] = judged.verdict().name();
    return RowFactory.create(values);
  }

  static Row tally(Tally tally, int partition) {
    @Nullable Object[] values = new Object[WIDTH];
    values[0] = "tally of task " + partition;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(tally);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write to memory", e);
    }
    values[TALLY] = bytes.toByteArray();
    return RowFactory.create(values);
  }

  static boolean isItem(Row row) {
    return row.isNullAt(VERDICT) && row.isNullAt(TALLY);
  }

  static boolean isTally(Row row) {
    return !row.isNullAt(TALLY);
  }

  static Tally tally(Row row) {
    // These bytes were written by a task of this same application a moment ago.
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream((byte[]) row.get(TALLY)))) {
      return (Tally) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("Cannot read a tally that a task of this job wrote", e);
    }
  }

  static Judged judged(Row row) {
    return Judged.record(
        Kind.valueOf(row.getString(3)),
        Verdict.valueOf(row.getString(VERDICT)),
        row.getString(2),
        row.getString(6));
  }

  static ThreadItem item(Row row, Origin origin) {
    List<String> tags = row.getList(11);
    return new ThreadItem(
        Kind.valueOf(row.getString(3)),
        origin,
        row.getString(4),
        row.getString(5),
        row.getString(0),
        !row.getBoolean(1),
        row.getString(2),
        row.getString(6),
        (Integer) row.get(7),
        (Long) row.get(8),
        row.getString(9),
        row.getBoolean(10),
        List.copyOf(tags),
        row.getString(12),
        (Long) row.get(13));
  }
}
