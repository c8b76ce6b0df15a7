package io.ccpairs.jobs.corpus;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How a filter did on a generated corpus, whose wrong pairs are known.
 *
 * @param pairs that the filter judged
 * @param wrong of these, how many were planted wrong
 * @param dropped by the filter
 * @param wrongDropped planted wrong and dropped
 */
public record PlantedPairs(long pairs, long wrong, long dropped, long wrongDropped) {

  /**
   * Compares what came in with what stayed.
   *
   * @param corpus folder of the generated corpus
   * @param judged columns origin and source_id, of the table that was filtered
   * @param kept the same of the table that it became
   */
  public static PlantedPairs of(
      SparkSession spark, String corpus, Dataset<Row> judged, Dataset<Row> kept) {
    // Files are named origin-number.ndjson.
    Dataset<Row> wrong =
        spark
            .read()
            .option("pathGlobFilter", "*.ndjson")
            .json(corpus + "/truth")
            .where(col("label").equalTo("wrong"))
            .select(
                concat_ws(
                        " ",
                        element_at(
                            split(element_at(split(input_file_name(), "/"), lit(-1)), "-"), 1),
                        col("source_id"))
                    .as("pair"))
            .distinct();
    Dataset<Row> in = judged.select(concat_ws(" ", col("origin"), col("source_id")).as("pair"));
    Dataset<Row> out = kept.select(concat_ws(" ", col("origin"), col("source_id")).as("pair"));
    long pairs = in.count();
    long stayed = out.count();
    long wrongIn = in.join(wrong, "pair").count();
    long wrongOut = out.join(wrong, "pair").count();
    return new PlantedPairs(pairs, wrongIn, pairs - stayed, wrongIn - wrongOut);
  }

  /** Of the pairs dropped, the share that was planted wrong. */
  public double precision() {
    return dropped == 0 ? Double.NaN : (double) wrongDropped / dropped;
  }

  /** Of the pairs planted wrong, the share that was dropped. */
  public double recall() {
    return wrong == 0 ? Double.NaN : (double) wrongDropped / wrong;
  }
}
