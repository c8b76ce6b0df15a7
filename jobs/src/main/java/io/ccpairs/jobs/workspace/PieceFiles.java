package io.ccpairs.jobs.workspace;

import io.ccpairs.jobs.spark.RowParquet;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.internal.io.FileCommitProtocol;
import org.apache.spark.internal.io.FileCommitProtocol.TaskCommitMessage;
import org.apache.spark.internal.io.FileNameSpec;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * Parquet files that the tasks of one Spark job write in one pass, each row into the folder it
 * belongs to. Task attempts are committed by Spark's own protocol, the one that its SQL writer
 * uses, so that of several attempts at a task one counts, on local disks, HDFS and S3.
 *
 * @param root the folder that the job commits into
 * @param folders where rows go, each below {@code root}
 */
record PieceFiles(Path root, List<Folder> folders) {
  private static final String PROTOCOL = "spark.sql.sources.commitProtocolClass";
  private static final String COMMITTER = "spark.sql.sources.outputCommitterClass";
  private static final String SQL_PROTOCOL =
      "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol";

  /** The same where no committer is chosen, without SQL's settings being loaded for it. */
  private static final String PLAIN_PROTOCOL =
      "org.apache.spark.internal.io.HadoopMapReduceCommitProtocol";

  /**
   * A folder of files of one schema.
   *
   * @param path below the root; empty for the root itself
   * @param schema the first columns of the rows
   */
  record Folder(String path, StructType schema) implements Serializable {}

  /** Which folder, by number, a row belongs to. */
  interface Route extends Serializable {
    int folder(Row row);
  }

  /**
   * Runs the job and commits it. Partitions without rows for a folder leave no file there.
   *
   * @throws IOException when the files cannot be put in place
   */
  void write(JavaRDD<Row> rows, Route route) throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(rows.context());
    Job job = Job.getInstance(new Configuration(context.hadoopConfiguration()));
    job.setOutputFormatClass(ParquetOutputFormat.class);
    FileOutputFormat.setOutputPath(job, root);
    Configuration settings = job.getConfiguration();
    settings.set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");
    settings.set(ParquetOutputFormat.JOB_SUMMARY_LEVEL, "NONE");
    String id = UUID.randomUUID().toString();
    job.setJobID(new JobID(id, 0));
    FileCommitProtocol protocol =
        FileCommitProtocol.instantiate(
            context
                .getConf()
                .get(
                    PROTOCOL,
                    context.getConf().contains(COMMITTER) ? SQL_PROTOCOL : PLAIN_PROTOCOL),
            id,
            root.toString(),
            false);
    // What an attempt left behind whose driver died must not be committed with this one.
    FileSystem files = root.getFileSystem(settings);
    files.delete(new Path(root, "_temporary"), true);
    protocol.setupJob(job);
    try {
      Broadcast<SerializableConfiguration> broadcast =
          context.broadcast(new SerializableConfiguration(settings));
      List<TaskCommitMessage> written =
          rows.mapPartitionsWithIndex(new Task(protocol, id, folders, route, broadcast), true)
              .collect();
      written.forEach(protocol::onTaskCommit);
      protocol.commitJob(job, scala.jdk.javaapi.CollectionConverters.asScala(written).toList());
    } catch (Throwable e) {
      protocol.abortJob(job);
      throw e;
    }
  }

  /** What one task does; its result is what the driver commits. */
  private record Task(
      FileCommitProtocol protocol,
      String job,
      List<Folder> folders,
      Route route,
      Broadcast<SerializableConfiguration> settings)
      implements Function2<Integer, Iterator<Row>, Iterator<TaskCommitMessage>> {

    @Override
    @SuppressWarnings("ThrowSpecificity") // whatever happens, the attempt is aborted first
    public Iterator<TaskCommitMessage> call(Integer partition, Iterator<Row> rows)
        throws Exception {
      TaskAttemptContext attempt = attempt(partition);
      protocol.setupTask(attempt);
      @Nullable ParquetWriter<Row>[] open = writers(folders.size());
      try {
        while (rows.hasNext()) {
          Row row = rows.next();
          int folder = route.folder(row);
          ParquetWriter<Row> writer = open[folder];
          if (writer == null) {
            writer = open(folders.get(folder), attempt);
            open[folder] = writer;
          }
          writer.write(row);
        }
        for (int i = 0; i < open.length; i++) {
          ParquetWriter<Row> writer = open[i];
          open[i] = null;
          if (writer != null) {
            writer.close();
          }
        }
        return List.of(protocol.commitTask(attempt)).iterator();
      } catch (Throwable e) {
        abandon(open);
        protocol.abortTask(attempt);
        throw e;
      }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generic types have no other maker
    private static @Nullable ParquetWriter<Row>[] writers(int count) {
      return new ParquetWriter[count];
    }

    private ParquetWriter<Row> open(Folder folder, TaskAttemptContext attempt) throws IOException {
      String file =
          protocol.newTaskTempFile(
              attempt,
              folder.path().isEmpty() ? Option.empty() : Option.apply(folder.path()),
              new FileNameSpec("", ".c000.zstd.parquet"));
      return RowParquet.writer(new Path(file), folder.schema(), attempt.getConfiguration());
    }

    private TaskAttemptContext attempt(int partition) {
      TaskAttemptID id =
          new TaskAttemptID(
              new TaskID(new JobID(job, 0), TaskType.MAP, partition),
              (int) TaskContext.get().taskAttemptId() & Integer.MAX_VALUE);
      Configuration own = new Configuration(settings.value().value());
      own.set("mapreduce.job.id", id.getJobID().toString());
      own.set("mapreduce.task.id", id.getTaskID().toString());
      own.set("mapreduce.task.attempt.id", id.toString());
      own.setBoolean("mapreduce.task.ismap", true);
      own.setInt("mapreduce.task.partition", 0);
      return new TaskAttemptContextImpl(own, id);
    }

    /** Closes what is open; what it says of a file that is thrown away does not matter. */
    private static void abandon(@Nullable ParquetWriter<Row>[] open) {
      for (ParquetWriter<Row> writer : open) {
        if (writer != null) {
          try {
            writer.close();
          } catch (IOException | RuntimeException e) {
            System.getLogger(PieceFiles.class.getName())
                .log(System.Logger.Level.DEBUG, "Could not close an abandoned file", e);
          }
        }
      }
    }
  }
}
