package io.ccpairs.jobs.shard;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.shard.BatchPlan;
import io.ccpairs.jobs.workspace.TableStage;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * The pairs of a training that takes fewer than the table holds: those of the smallest draws, over
 * all sources with a weight. A sort of draws and ids finds the last of them.
 *
 * @param lastDraw the draw of the last pair that takes part
 * @param lastId its id, which decides between equal draws
 * @param pairs that take part, in the order of the origins
 */
record Sample(long lastDraw, String lastId, long[] pairs) implements Serializable {

  /** Draws {@code shard.pairs}; null where all pairs take part. */
  static @Nullable Sample of(TableStage stage, ShardConfig config) {
    Dataset<Row> rows = null;
    for (Origin origin : stage.origins()) {
      if (config.pairs() > 0 && config.weights().byOrigin()[ShardJob.place(origin)] > 0) {
        Dataset<Row> own =
            stage.rows(origin).select(col("pair_id"), lit(ShardJob.place(origin)).as("origin"));
        rows = rows == null ? own : rows.union(own);
      }
    }
    if (rows == null) {
      return null;
    }
    long seed = config.seed();
    long last = config.pairs() - 1;
    var draw = udf((UDF1<String, Long>) id -> BatchPlan.sampleDraw(id, seed), DataTypes.LongType);
    JavaPairRDD<Row, Long> inOrder =
        rows.select(draw.apply(col("pair_id")).as("draw"), col("pair_id"))
            .orderBy("draw", "pair_id")
            .toJavaRDD()
            .zipWithIndex();
    List<Row> found = inOrder.filter(ranked -> ranked._2() == last).keys().collect();
    if (found.isEmpty()) {
      return null;
    }
    Sample sample =
        new Sample(
            found.get(0).getLong(0), found.get(0).getString(1), new long[Origin.values().length]);
    rows.where(sample.holds(seed).apply(col("pair_id")))
        .groupBy("origin")
        .count()
        .collectAsList()
        .forEach(row -> sample.pairs[row.getInt(0)] = row.getLong(1));
    return sample;
  }

  /** Whether the pair of an id takes part. */
  UserDefinedFunction holds(long seed) {
    long draw = lastDraw;
    String id = lastId;
    return udf(
        (UDF1<String, Boolean>)
            other -> {
              long own = BatchPlan.sampleDraw(other, seed);
              return own < draw || (own == draw && other.compareTo(id) <= 0);
            },
        DataTypes.BooleanType);
  }
}
