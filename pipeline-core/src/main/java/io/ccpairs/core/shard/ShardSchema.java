package io.ccpairs.core.shard;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/** The columns of a shard; none is ever null. */
public final class ShardSchema {
  public static final String PAIR_ID = "pair_id";
  public static final String QUERY = "query";
  public static final String PASSAGE = "passage";
  public static final String QUERY_KEY = "query_key";
  public static final String PASSAGE_KEY = "passage_key";

  /** Where the pair was mined, and the number of its batch within the epoch: for people. */
  public static final String ORIGIN = "origin";

  public static final String BATCH = "batch";

  /** All columns, in the file's order. */
  public static final MessageType ALL =
      Types.buildMessage()
          .addFields(
              text(PAIR_ID),
              text(ORIGIN),
              text(QUERY),
              text(PASSAGE),
              number(QUERY_KEY),
              number(PASSAGE_KEY),
              number(BATCH))
          .named("shard");

  /** What training reads. */
  static final MessageType READ =
      Types.buildMessage()
          .addFields(
              text(PAIR_ID), text(QUERY), text(PASSAGE), number(QUERY_KEY), number(PASSAGE_KEY))
          .named("shard");

  private ShardSchema() {}

  private static org.apache.parquet.schema.Type text(String name) {
    return Types.required(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }

  private static org.apache.parquet.schema.Type number(String name) {
    return Types.required(PrimitiveTypeName.INT64).named(name);
  }
}
