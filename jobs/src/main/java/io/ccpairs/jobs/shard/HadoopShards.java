package io.ccpairs.jobs.shard;

import io.ccpairs.core.shard.ShardIndex;
import io.ccpairs.core.shard.ShardReader;
import io.ccpairs.core.shard.ShardStore;
import io.ccpairs.jobs.workspace.Json;
import io.ccpairs.jobs.workspace.PublishedRun;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
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

  /**
   * The index of a published run whose files are all there: one that is not would be missed at a
   * late step.
   *
   * @throws java.io.FileNotFoundException when a file is missing or has another length, naming it
   */
  public static ShardIndex wholeIndex(PublishedRun run, Configuration configuration)
      throws IOException {
    ShardIndex index = index(run, configuration);
    FileSystem files = run.path().getFileSystem(configuration);
    Map<Path, Map<String, Long>> folders = new HashMap<>();
    for (ShardIndex.Shard shard : index.files()) {
      Path file = new Path(run.path(), shard.path());
      Map<String, Long> lengths = folders.get(file.getParent());
      if (lengths == null) {
        lengths = lengths(files, file.getParent());
        folders.put(file.getParent(), lengths);
      }
      Long length = lengths.get(file.getName());
      if (length == null || length != shard.bytes()) {
        throw new FileNotFoundException(
            "Cannot train on "
                + run.path()
                + ": shard "
                + shard.path()
                + (length == null
                    ? " is missing"
                    : " has " + length + " bytes, the index says " + shard.bytes())
                + "; make the shards again with ccpairs shard --on-existing overwrite");
      }
    }
    return index;
  }

  private static Map<String, Long> lengths(FileSystem files, Path folder) throws IOException {
    Map<String, Long> lengths = new HashMap<>();
    if (files.exists(folder)) {
      for (FileStatus status : files.listStatus(folder)) {
        lengths.put(status.getPath().getName(), status.getLen());
      }
    }
    return lengths;
  }

  private static ShardIndex index(FileSystem files, Path run) throws IOException {
    Path index = indexOf(run);
    if (!files.exists(index)) {
      throw new FileNotFoundException(
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
