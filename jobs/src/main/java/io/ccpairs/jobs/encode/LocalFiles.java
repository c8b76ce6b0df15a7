package io.ccpairs.jobs.encode;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * Folders of files that must lie on a local disk to be mapped into memory. One that does already is
 * used where it is; another is copied once for each process.
 */
public final class LocalFiles {
  private static final Map<String, Path> COPIES = new ConcurrentHashMap<>();

  private LocalFiles() {}

  /**
   * The folder on this host's disk.
   *
   * @param folder of any file system that Hadoop knows
   * @throws UncheckedIOException when it cannot be read, naming it
   */
  public static Path of(String folder, Configuration configuration) {
    return COPIES.computeIfAbsent(
        folder,
        place -> {
          try {
            return fetch(new org.apache.hadoop.fs.Path(place), configuration);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static Path fetch(org.apache.hadoop.fs.Path folder, Configuration configuration)
      throws IOException {
    FileSystem files = folder.getFileSystem(configuration);
    org.apache.hadoop.fs.Path full = files.makeQualified(folder);
    if (!files.exists(full)) {
      throw new FileNotFoundException("Cannot open " + folder + ": there is no such folder");
    }
    if (full.toUri().getScheme().equals("file")) {
      return Path.of(full.toUri().getPath());
    }
    Path copy = Files.createTempDirectory("ccpairs-files");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(copy)));
    copy(files, full, copy);
    return copy;
  }

  private static void copy(FileSystem files, org.apache.hadoop.fs.Path from, Path to)
      throws IOException {
    Files.createDirectories(to);
    for (FileStatus status : files.listStatus(from)) {
      Path target = to.resolve(status.getPath().getName());
      if (status.isDirectory()) {
        copy(files, status.getPath(), target);
      } else {
        files.copyToLocalFile(
            false, status.getPath(), new org.apache.hadoop.fs.Path(target.toUri()), true);
      }
    }
  }

  private static void delete(Path folder) {
    try (var all = Files.walk(folder)) {
      all.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      // The disk's temporary folder is cleaned by its owner.
      System.getLogger(LocalFiles.class.getName())
          .log(System.Logger.Level.DEBUG, "Left " + folder, e);
    }
  }
}
