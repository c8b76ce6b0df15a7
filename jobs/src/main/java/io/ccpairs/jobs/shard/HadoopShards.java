package io.ccpairs.jobs.shard;

import io.ccpairs.core.shard.ShardIndex;
import io.ccpairs.core.shard.ShardReader;
import io.ccpairs.core.shard.ShardStore;
import io.ccpairs.jobs.workspace.Json;
import io.ccpairs.jobs.workspace.PublishedRun;
import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The shards of a run, on any file system that Hadoop knows. */
public final class HadoopShards implements ShardStore {
  private static final String INDEX = "index.json";
  private static final String ASIDE = "shards";

  private final FileSystem files;
  private final Path run;

  private HadoopShards(FileSystem files, Path run) {
    this.files = files;
    this.run = run;
  }

  /**
   * A reader of a published run's batches.
   *
   * @param run the run's path
   * @throws java.io.FileNotFoundException when the run is no table of shards
   */
  public static ShardReader open(String run, Configuration configuration) throws IOException {
    Path path = new Path(run);
    FileSystem files = path.getFileSystem(configuration);
    return new ShardReader(index(files, path), new HadoopShards(files, path));
  }

  /** The index of a published run. */
  public static ShardIndex index(PublishedRun run, Configuration configuration) throws IOException {
    return index(run.path().getFileSystem(configuration), run.path());
  }

  private static ShardIndex index(FileSystem files, Path run) throws IOException {
    Path index = indexOf(run);
    if (!files.exists(index)) {
      throw new java.io.FileNotFoundException(
          "Cannot train on " + run + ": it is no table of shards; make one with ccpairs shard");
    }
    return Json.read(files, index, ShardIndex.class);
  }

  static Path indexOf(Path run) {
    return new Path(PublishedRun.aside(run, ASIDE), INDEX);
  }

  @Override
  public byte[] read(String path, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    Path file = new Path(run, path);
    try (FSDataInputStream stream = files.open(file)) {
      stream.readFully(offset, bytes);
    } catch (EOFException e) {
      throw new IOException(
          "Cannot read shard " + file + ": it ends before byte " + (offset + length), e);
    }
    return bytes;
  }
}
