package io.ccpairs.jobs.spark;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Opens the Spark session of a job. Master, memory and the like come from outside, as for any Spark
 * application.
 */
public final class Sessions {
  private static final String HADOOP = "spark.hadoop.";

  private static @Nullable SparkContext opened;

  private Sessions() {}

  /**
   * The session of this process, made if need be.
   *
   * @param job for the application's name
   */
  public static synchronized SparkSession open(String job) {
    SparkSession session = SparkSession.builder().config(conf(job)).getOrCreate();
    opened = session.sparkContext();
    return session;
  }

  /**
   * Spark without SQL, for jobs that need no query: they start faster. A session that is opened
   * later is one over this.
   *
   * @param job for the application's name
   */
  public static synchronized SparkContext openWithoutSql(String job) {
    SparkContext context = SparkContext.getOrCreate(conf(job));
    opened = context;
    return context;
  }

  /** Hadoop's settings for a job without Spark, with those that were given as Spark's. */
  public static Configuration hadoop() {
    Configuration hadoop = new Configuration();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith(HADOOP)) {
        hadoop.set(name.substring(HADOOP.length()), System.getProperty(name, ""));
      }
    }
    return hadoop;
  }

  /** Stops what was opened last, if anything was. */
  public static synchronized void close() {
    SparkContext context = opened;
    opened = null;
    if (context != null) {
      context.stop();
    }
  }

  private static SparkConf conf(String job) {
    SparkConf conf = new SparkConf();
    // Times are instants; tables must not depend on where the driver stands.
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    // Spark's own default is a 96-bit form that other readers have given up.
    conf.setIfMissing("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    conf.setIfMissing("spark.app.name", "ccpairs " + job);
    String master = conf.get("spark.master", "");
    if (master.startsWith("local") && !master.startsWith("local-")) {
      // Not for executors elsewhere: they open local files before they have our classes.
      conf.setIfMissing("spark.hadoop.fs.file.impl", LocalDisk.class.getName());
    }
    return conf;
  }
}
