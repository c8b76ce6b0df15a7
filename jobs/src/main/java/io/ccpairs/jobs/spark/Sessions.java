package io.ccpairs.jobs.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Opens the Spark session of a job. Master, memory and the like come from outside, as for any Spark
 * application.
 */
public final class Sessions {
  private Sessions() {}

  /**
   * The session of this process, made if need be.
   *
   * @param job for the application's name
   */
  public static SparkSession open(String job) {
    SparkConf conf = new SparkConf();
    // Times are instants; tables must not depend on where the driver stands.
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    // Spark's own default is a 96-bit form that other readers have given up.
    conf.setIfMissing("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    conf.setIfMissing("spark.app.name", "ccpairs " + job);
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
