package io.ccpairs.jobs;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * One Spark session for all tests of a JVM, and a Spark home for those that start executors of
 * their own.
 */
public final class TestSpark {
  private TestSpark() {}

  /** The session that the suites share: two threads in this process. */
  public static SparkSession local() {
    return open("local[2]");
  }

  /** A session with this master; one with another master is stopped first. */
  public static SparkSession open(String master) {
    return open(master, Map.of());
  }

  /**
   * A session with this master and further settings, which always is a new one if there are any.
   */
  public static synchronized SparkSession open(String master, Map<String, String> settings) {
    SparkSession active = SparkSession.getDefaultSession().getOrElse(() -> null);
    if (active != null && !active.sparkContext().isStopped()) {
      if (active.sparkContext().master().equals(master) && settings.isEmpty()) {
        return active;
      }
      active.stop();
    }
    if (master.startsWith("local-cluster")) {
      linkJars();
    }
    SparkConf conf = new SparkConf();
    settings.forEach(conf::set);
    return SparkSession.builder()
        .config(conf)
        .master(master)
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executorEnv.SPARK_LOCAL_IP", "127.0.0.1")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .getOrCreate();
  }

  /**
   * Fills the Spark home with links to the jars of this JVM's class path, as local-cluster's
   * workers want it.
   */
  private static void linkJars() {
    Path jars = Path.of(System.getenv("SPARK_HOME"), "jars");
    try {
      Files.createDirectories(jars);
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        Path jar = Path.of(entry).toAbsolutePath();
        Path link = jars.resolve(jar.getFileName());
        if (Files.isRegularFile(jar) && !Files.isSymbolicLink(link)) {
          Files.createSymbolicLink(link, jar);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
