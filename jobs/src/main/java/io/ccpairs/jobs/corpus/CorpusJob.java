package io.ccpairs.jobs.corpus;

import io.ccpairs.core.corpus.CorpusConfig;
import io.ccpairs.core.corpus.CorpusFile;
import io.ccpairs.jobs.workspace.Json;
import io.ccpairs.jobs.workspace.RunExistsException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.ContentSummary;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes a corpus into a folder: {@code wikipedia/}, {@code stackexchange/} and {@code reddit/}
 * with dumps, {@code truth/} with what was planted, {@code held-out/} with a retrieval task, and
 * last of all {@code corpus.json}, which says how it was made.
 */
public final class CorpusJob {
  private static final String LAST = "corpus.json";

  /** Stands while the corpus is written: the parts beside it are ours. */
  private static final String BEGUN = "_corpus.begun";

  private static final List<String> PARTS =
      List.of("wikipedia", "stackexchange", "reddit", "truth", "held-out");

  private final SparkSession spark;
  private final CorpusConfig config;

  /** A job in a session. */
  public CorpusJob(SparkSession spark, CorpusConfig config) {
    this.spark = spark;
    this.config = config;
  }

  /** What {@code corpus.json} says. */
  record Made(String format, CorpusConfig config) {
    static Made of(CorpusConfig config) {
      return new Made("ccpairs corpus 1", config);
    }
  }

  /**
   * What a call made or found.
   *
   * @param bytes on disk
   */
  public record Result(long files, long bytes, boolean upToDate) {}

  /**
   * Writes the corpus unless the same one is there.
   *
   * @throws RunExistsException when the folder holds something else
   */
  public Result run(String folder) throws IOException {
    Path root = new Path(folder);
    FileSystem files = root.getFileSystem(spark.sparkContext().hadoopConfiguration());
    Path last = new Path(root, LAST);
    boolean upToDate = false;
    if (files.exists(last)) {
      Made made = Json.read(files, last, Made.class);
      if (!made.equals(Made.of(config))) {
        throw new RunExistsException(
            "Cannot write a corpus to "
                + folder
                + ": another one is there ("
                + made.config()
                + "). Choose another folder, or delete it");
      }
      upToDate = true;
    } else {
      begin(files, root);
      write(root);
      Json.write(files, last, Made.of(config));
    }
    files.delete(new Path(root, BEGUN), false);
    ContentSummary size = files.getContentSummary(root);
    return new Result(size.getFileCount(), size.getLength(), upToDate);
  }

  /** Clears what a broken-off call left, and nothing of anybody else. */
  private static void begin(FileSystem files, Path root) throws IOException {
    Path begun = new Path(root, BEGUN);
    boolean ours = files.exists(begun);
    for (String part : PARTS) {
      Path place = new Path(root, part);
      if (files.exists(place)) {
        if (!ours) {
          throw new RunExistsException(
              "Cannot write a corpus to "
                  + root
                  + ": "
                  + part
                  + " is there, and no corpus.json says that it is one's. Choose another folder, or"
                  + " move it away");
        }
        files.delete(place, true);
      }
    }
    files.create(begun, true).close();
  }

  private void write(Path root) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    List<CorpusFile> plan = CorpusFile.plan(config);
    CorpusConfig how = config;
    String to = root.toString();
    context.setJobDescription("corpus: write dumps");
    context
        .parallelize(IntStream.range(0, plan.size()).boxed().toList(), plan.size())
        .foreach(number -> plan.get(number).write(how, name -> create(to, name, hadoop)));
    context.setJobDescription(null);
  }

  private static OutputStream create(
      String root, String name, Broadcast<SerializableConfiguration> hadoop) throws IOException {
    Path path = new Path(root, name);
    return path.getFileSystem(hadoop.value().value()).create(path, true);
  }
}
