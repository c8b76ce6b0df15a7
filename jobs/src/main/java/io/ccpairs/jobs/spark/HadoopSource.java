package io.ccpairs.jobs.spark;

import io.ccpairs.core.input.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** A file of any Hadoop file system. */
public final class HadoopSource implements ByteSource {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final long length;
  private final Broadcast<SerializableConfiguration> configuration;

  public HadoopSource(FileStatus file, Broadcast<SerializableConfiguration> configuration) {
    this.path = file.getPath().toString();
    this.length = file.getLen();
    this.configuration = configuration;
  }

  @Override
  public String name() {
    return path.startsWith("file:/") ? new Path(path).toUri().getPath() : path;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public InputStream open(long from) throws IOException {
    Path file = new Path(path);
    FSDataInputStream stream =
        file.getFileSystem(configuration.value().value()).open(file, 1 << 16);
    try {
      stream.seek(from);
    } catch (IOException e) {
      stream.close();
      throw e;
    }
    return stream;
  }
}
