package io.ccpairs.jobs.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.spark.PairRows;
import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same life of a run on a local disk, on HDFS and on S3. */
class StorageTest {
  private final SparkSession spark = TestSpark.local();
  private final Configuration hadoop = spark.sparkContext().hadoopConfiguration();

  @TempDir Path folder;

  @Test
  void onALocalDisk() throws Exception {
    aRunLives(folder.toUri().toString());
  }

  @Test
  void onHdfs() throws Exception {
    System.setProperty("test.build.data", folder.toString());
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    try (MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(configuration).numDataNodes(1).build()) {
      aRunLives(cluster.getURI() + "/lake");
    }
  }

  @Test
  void onS3() throws Exception {
    int port = freePort();
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                Path.of("target", "test-servers", "s3mock.jar").toString(),
                "--com.adobe.testing.s3mock.store.initial-buckets=lake",
                "--com.adobe.testing.s3mock.http-port=" + port,
                "--server.port=" + freePort())
            .redirectErrorStream(true)
            .redirectOutput(new File("target/test-servers/s3mock.log"))
            .start();
    try {
      await(port, server);
      hadoop.set("fs.s3a.endpoint", "http://127.0.0.1:" + port);
      hadoop.set("fs.s3a.endpoint.region", "us-east-1");
      hadoop.set("fs.s3a.path.style.access", "true");
      hadoop.set("fs.s3a.access.key", "test");
      hadoop.set("fs.s3a.secret.key", "test");
      aRunLives("s3a://lake/work");
    } finally {
      server.destroy();
      server.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private void aRunLives(String root) throws Exception {
    Workspace workspace = Workspace.at(root, hadoop);
    onlyOneDriver(workspace.files(), new org.apache.hadoop.fs.Path(root, "leased"));
    Order order = order(2);

    // A driver that dies before it publishes leaves nothing to see.
    Draft dead = workspace.begin(order, OnExisting.SKIP).draft().orElseThrow();
    write(dead, 3);
    dead.close();
    assertThat(workspace.runs("pairs")).isEmpty();

    try (Draft draft = workspace.begin(order, OnExisting.SKIP).draft().orElseThrow()) {
      assertThat(workspace.files().exists(draft.data("reddit"))).isFalse();
      write(draft, 5);
      draft.publish(List.of(piece(5L)), PairRows.SCHEMA, DatasetCard::of);
    }
    assertThat(rows(root)).isEqualTo(5);
    assertThat(workspace.begin(order, OnExisting.SKIP).upToDate()).isPresent();

    try (Draft draft = workspace.begin(order, OnExisting.OVERWRITE).draft().orElseThrow()) {
      write(draft, 7);
      assertThat(rows(root)).as("readers see the old run until the new one is whole").isEqualTo(5);
      draft.publish(List.of(piece(7L)), PairRows.SCHEMA, DatasetCard::of);
    }
    assertThat(rows(root)).isEqualTo(7);
    assertThat(workspace.runs("pairs")).hasSize(1);
  }

  private static void onlyOneDriver(FileSystem files, org.apache.hadoop.fs.Path folder)
      throws Exception {
    for (String time : List.of("first", "second, when the first is dead")) {
      List<Lease> taken = LeaseTest.atOnce(files, folder, 3);
      assertThat(taken).as("the %s time", time).hasSize(1);
      taken.get(0).check();
      taken.get(0).close();
      LeaseTest.kill(files, folder);
    }
    assertThat(files.listStatus(folder))
        .extracting(status -> status.getPath().getName())
        .contains("lease-1.json")
        .doesNotContain("lease.json");
  }

  private static Order order(int k) {
    return new Order(
        "pairs",
        "mine",
        1,
        1,
        "a",
        List.of(),
        new TreeMap<>(Map.of("mine.k", Integer.toString(k))));
  }

  private void write(Draft draft, long rows) {
    spark
        .range(rows)
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(draft.data("reddit").toString());
  }

  private long rows(String root) throws IOException {
    PublishedRun run = Workspace.open(root + "/pairs", hadoop);
    return spark
        .read()
        .parquet(new org.apache.hadoop.fs.Path(run.data(), "origin=reddit").toString())
        .count();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void await(int port, Process server) throws Exception {
    for (int attempt = 0; attempt < 240; attempt++) {
      assertThat(server.isAlive())
          .as("the S3 server runs; see target/test-servers/s3mock.log")
          .isTrue();
      try {
        HttpURLConnection connection =
            (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/").toURL().openConnection();
        if (connection.getResponseCode() == 200) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(250);
      }
    }
    throw new AssertionError("The S3 server did not answer within a minute");
  }

  private static Draft.Piece piece(long rows) {
    return new Draft.Piece("reddit", FunnelFile.of(new Funnel()), Map.of(), "0", rows);
  }
}
