package io.ccpairs.jobs.spark;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The one place where pairs become rows and rows become pairs. */
public final class PairRows {
  /**
   * Goes up when a column is added. Columns are only ever added, as nullable ones at the end, and
   * readers select by name, so a reader of version n reads every version.
   */
  public static final int SCHEMA_VERSION = 2;

  /** The columns of every table of pairs, in this order. */
  public static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            column(
                "pair_id",
                DataTypes.StringType,
                "32 hex digits: hash of origin, native keys and both texts; stable across runs"),
            column("origin", DataTypes.StringType, "reddit, stackexchange or wikipedia"),
            column(
                "subset",
                DataTypes.StringType,
                "subreddit, site (ai.stackexchange.com) or wiki (enwiki)"),
            column(
                "lang",
                DataTypes.StringType,
                "language code as the dump gives it, from clean on as the text tells where it gives none;"
                    + " else null"),
            column(
                "query",
                DataTypes.StringType,
                "plain text: post, question or title; the first line is the title"),
            column(
                "passage",
                DataTypes.StringType,
                "plain text: comment, answer or section; lines separated by newlines"),
            column(
                "query_key",
                DataTypes.StringType,
                "thread or page: pairs with equal keys are siblings, never each other's negatives"),
            column("passage_key", DataTypes.StringType, "the passage's record within its origin"),
            column(
                "votes",
                DataTypes.IntegerType,
                "votes on the passage at dump time; null where the origin has none"),
            column(
                "created_at",
                DataTypes.TimestampType,
                "when the passage was written, UTC; null where unknown"),
            column(
                "source_id",
                DataTypes.StringType,
                "the passage's native id, as its site writes it"),
            column(
                "accepted",
                DataTypes.BooleanType,
                "the asker accepted this answer; null where the origin knows no acceptance"),
            column(
                "tags",
                DataTypes.createArrayType(DataTypes.StringType, false),
                "tags of the question or post; empty where there are none"),
            column(
                "licence", DataTypes.StringType, "licence of the passage where the dump gives one"),
            column(
                "query_author",
                DataTypes.LongType,
                "64-bit hash of the query's author; null where unknown"),
            column(
                "passage_author",
                DataTypes.LongType,
                "64-bit hash of the passage's author; null where unknown"),
            column(
                "rank",
                DataTypes.IntegerType,
                "place of the passage among the pool's for its query, 1 the best; null before filter",
                2),
            column(
                "cosine",
                DataTypes.FloatType,
                "of query and passage under the filter's model; null before filter",
                2)
          });

  /** {@link #SCHEMA} and what was decided: the columns of the dropped rows beside a table. */
  public static final StructType JUDGED_SCHEMA =
      SCHEMA
          .add(
              column(
                  "kind",
                  DataTypes.StringType,
                  "what was judged: comment, answer, section, page, pair ..."))
          .add(column("verdict", DataTypes.StringType, "keep, or why the row was dropped"));

  private static final int WIDTH = SCHEMA.size();

  private PairRows() {}

  /** A pair as a row of {@link #SCHEMA}. */
  public static Row row(TextPair pair) {
    Object[] values = new Object[WIDTH];
    fill(values, pair);
    return RowFactory.create(values);
  }

  /**
   * A decision as a row of {@link #JUDGED_SCHEMA}. Where there is no pair, the text to show stands
   * as the passage and the columns that only a pair has are null.
   */
  public static Row row(Origin origin, Judged judged) {
    @Nullable Object[] values = new Object[WIDTH + 2];
    TextPair pair = judged.pair();
    if (pair != null) {
      fill(values, pair);
    } else {
      values[1] = origin.word();
      values[5] = judged.text().isEmpty() ? null : judged.text();
      values[10] = judged.sourceId();
      values[12] = new String[0];
    }
    values[WIDTH] = judged.kind().word();
    values[WIDTH + 1] = judged.verdict().word();
    return RowFactory.create(values);
  }

  /**
   * The pair in a row.
   *
   * @param row has the columns of {@link #SCHEMA}, in any order: tables of earlier versions are
   *     read with that schema, and have null in what they lack
   */
  public static TextPair pair(Row row) {
    Timestamp created = row.getAs("created_at");
    List<String> tags = row.getList(row.fieldIndex("tags"));
    return new TextPair(
        row.getAs("pair_id"),
        Origin.of(row.getAs("origin")),
        row.getAs("subset"),
        row.getAs("lang"),
        row.getAs("query"),
        row.getAs("passage"),
        row.getAs("query_key"),
        row.getAs("passage_key"),
        row.getAs("votes"),
        created == null ? null : created.toInstant().getEpochSecond(),
        row.getAs("source_id"),
        row.getAs("accepted"),
        tags == null ? List.of() : tags,
        row.getAs("licence"),
        row.getAs("query_author"),
        row.getAs("passage_author"),
        row.getAs("rank"),
        row.getAs("cosine"));
  }

  private static void fill(@Nullable Object[] values, TextPair pair) {
    values[0] = pair.id();
    values[1] = pair.origin().word();
    values[2] = pair.subset();
    values[3] = pair.lang();
    values[4] = pair.query();
    values[5] = pair.passage();
    values[6] = pair.queryKey();
    values[7] = pair.passageKey();
    values[8] = pair.votes();
    values[9] = timestamp(pair.createdAt());
    values[10] = pair.sourceId();
    values[11] = pair.accepted();
    values[12] = pair.tags().toArray(String[]::new);
    values[13] = pair.licence();
    values[14] = pair.queryAuthor();
    values[15] = pair.passageAuthor();
    values[16] = pair.rank();
    values[17] = pair.cosine();
  }

  private static @Nullable Timestamp timestamp(@Nullable Long epochSeconds) {
    return epochSeconds == null ? null : Timestamp.from(Instant.ofEpochSecond(epochSeconds));
  }

  private static StructField column(String name, DataType type, String comment) {
    return column(name, type, comment, 1);
  }

  private static StructField column(String name, DataType type, String comment, int since) {
    Metadata metadata =
        new MetadataBuilder().putString("comment", comment).putLong("since", since).build();
    return new StructField(name, type, true, metadata);
  }
}
