package io.ccpairs.jobs.filter;

import io.ccpairs.core.rank.ConsistencyFilter;
import io.ccpairs.core.rank.Pool;
import io.ccpairs.core.rank.PoolFile;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.encode.TaskDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The pools of this process: mapped once on the CPU, or copied once to each GPU, and shared by all
 * tasks. A pool stays open while tasks use it and until another is asked for; then its copy on this
 * host's disk goes too.
 */
public final class SharedPools {
  private static final Map<String, Shared> OPEN = new HashMap<>();

  private SharedPools() {}

  private static final class Shared {
    private final java.nio.file.Path files;
    private final Pool pool;
    private final ConsistencyFilter filter;
    private int users;

    Shared(java.nio.file.Path files, Pool pool) {
      this.files = files;
      this.pool = pool;
      this.filter = new ConsistencyFilter(pool);
    }
  }

  /**
   * The filter over a pool, for the calling task and until it ends.
   *
   * @param stamp differs for another pool in the same folder
   */
  public static synchronized ConsistencyFilter of(
      String folder, String stamp, Configuration configuration) {
    String name = folder + "|" + stamp + "|" + TaskDevice.gpu();
    Shared shared = OPEN.get(name);
    if (shared == null) {
      closeUnused(TaskDevice.gpu());
      try {
        java.nio.file.Path files = LocalFiles.of(folder, configuration);
        shared = new Shared(files, Pool.open(files, TaskDevice.device()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      OPEN.put(name, shared);
    }
    TaskContext task = TaskContext.get();
    if (task != null) {
      shared.users++;
      task.addTaskCompletionListener((TaskCompletionListener) ended -> release(name));
    }
    return shared.filter;
  }

  /**
   * What differs for another pool in the same folder.
   *
   * @throws IOException when no pool is there
   */
  public static String stamp(String folder, Configuration configuration) throws IOException {
    Path last = new Path(folder, PoolFile.FILES.get(PoolFile.FILES.size() - 1));
    return Long.toString(
        last.getFileSystem(configuration).getFileStatus(last).getModificationTime());
  }

  private static void release(String name) {
    synchronized (SharedPools.class) {
      Shared shared = OPEN.get(name);
      if (shared != null) {
        shared.users--;
      }
    }
  }

  private static void closeUnused(String gpu) {
    Iterator<Map.Entry<String, Shared>> open = OPEN.entrySet().iterator();
    while (open.hasNext()) {
      Map.Entry<String, Shared> entry = open.next();
      if (entry.getValue().users == 0 && entry.getKey().endsWith("|" + gpu)) {
        Shared unused = entry.getValue();
        unused.pool.close();
        open.remove();
        if (OPEN.values().stream().noneMatch(other -> other.files.equals(unused.files))) {
          LocalFiles.release(unused.files);
        }
      }
    }
  }

  /** How many pools this process holds. */
  static synchronized int open() {
    return OPEN.size();
  }
}
