package io.ccpairs.jobs.dedup;

import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * Steps over rows as Spark holds them, in place of {@code Dataset.mapPartitions}: making an object
 * of each cell of each row is most of the cost where fourteen rows of two cells stand for a text.
 */
final class InternalRows {
  private InternalRows() {}

  /** Makes the iterator over the rows of one partition. */
  interface Step extends Function<Iterator<InternalRow>, Iterator<Row>>, java.io.Serializable {}

  /** What a step makes of each partition; the rows it is given are reused from call to call. */
  static Dataset<Row> map(SparkSession spark, Dataset<Row> rows, StructType schema, Step step) {
    JavaRDD<InternalRow> internal =
        ((org.apache.spark.sql.classic.Dataset<Row>) rows).queryExecution().toRdd().toJavaRDD();
    return spark.createDataFrame(internal.mapPartitions(step::apply), schema);
  }
}
