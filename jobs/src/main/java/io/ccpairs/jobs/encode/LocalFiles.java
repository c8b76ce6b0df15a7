package io.ccpairs.jobs.encode;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.jspecify.annotations.Nullable;

/**
 * Files that must lie on a local disk: to be mapped into memory, or while they are written. What
 * lies there already is used where it is; another file or folder is copied once for each process,
 * and again when it has changed. A copy stays until it is given up or the process ends.
 */
public final class LocalFiles {
  private static final Map<String, Found> FOUND = new ConcurrentHashMap<>();

  /**
   * What lies on this disk.
   *
   * @param scratch the folder that was made for a copy; null for what lay there already
   */
  private record Found(Path path, @Nullable Path scratch) {}

  private LocalFiles() {}

  /** Makes a file or a folder on a local disk, where nothing is yet. */
  public interface Maker<T> {
    /** Makes it at this path. */
    T make(Path path) throws IOException;
  }

  /**
   * The file or folder on this host's disk.
   *
   * @param fileOrFolder of any file system that Hadoop knows
   * @throws UncheckedIOException when it cannot be read, naming it
   */
  public static Path of(String fileOrFolder, Configuration configuration) {
    return FOUND
        .computeIfAbsent(
            fileOrFolder + "|" + stamp(fileOrFolder, configuration),
            absent -> {
              try {
                return fetch(new org.apache.hadoop.fs.Path(fileOrFolder), configuration);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .path();
  }

  /**
   * Gives up what {@link #of} found: a copy is removed, what lay on this disk already stays.
   *
   * @param local not in use any more
   */
  public static void release(Path local) {
    FOUND.forEach(
        (place, found) -> {
          Path scratch = found.scratch();
          if (scratch != null && found.path().equals(local) && FOUND.remove(place, found)) {
            delete(scratch);
          }
        });
  }

  /**
   * A model's folder on this host's disk.
   *
   * @throws FileNotFoundException when there is no such folder
   */
  public static Path model(String folder, Configuration configuration) throws IOException {
    checkModel(folder, configuration);
    return of(folder, configuration);
  }

  /** Whether a model may be there: a folder at the least. */
  static void checkModel(String model, Configuration configuration) throws IOException {
    org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(model);
    FileSystem files = folder.getFileSystem(configuration);
    if (!files.exists(folder)) {
      throw new FileNotFoundException(
          "Cannot open model " + model + ": there is no such folder; give one with config.json");
    }
    if (files.getFileStatus(folder).isFile()) {
      throw new FileNotFoundException(
          "Cannot open model " + model + ": it is a file; give the folder with config.json");
    }
  }

  /**
   * What differs once other files lie at a place: names, sizes and times.
   *
   * @param fileOrFolder of any file system that Hadoop knows
   * @throws UncheckedIOException when nothing is there, naming it
   */
  static String stamp(String fileOrFolder, Configuration configuration) {
    try {
      org.apache.hadoop.fs.Path place = new org.apache.hadoop.fs.Path(fileOrFolder);
      FileSystem files = place.getFileSystem(configuration);
      if (!files.exists(place)) {
        throw new FileNotFoundException("Cannot open " + fileOrFolder + ": it does not exist");
      }
      List<String> all = new ArrayList<>();
      list(files, files.getFileStatus(place), all);
      Collections.sort(all);
      return String.join("|", all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void list(FileSystem files, FileStatus place, List<String> all)
      throws IOException {
    if (place.isDirectory()) {
      for (FileStatus child : files.listStatus(place.getPath())) {
        list(files, child, all);
      }
    } else {
      all.add(place.getPath() + " " + place.getLen() + " " + place.getModificationTime());
    }
  }

  /**
   * Makes a file or a folder at a place of any file system: there where it is this host's disk,
   * else in a scratch folder, from which it is copied.
   *
   * @param last the file of a folder that makes it whole, copied after all others; empty for a file
   * @throws FileAlreadyExistsException when something is at the place
   */
  public static <T> T write(String place, String last, Configuration configuration, Maker<T> maker)
      throws IOException {
    FileSystem files = new org.apache.hadoop.fs.Path(place).getFileSystem(configuration);
    org.apache.hadoop.fs.Path full = files.makeQualified(new org.apache.hadoop.fs.Path(place));
    if (isHere(full)) {
      return maker.make(Path.of(full.toUri().getPath()));
    }
    if (files.exists(full)) {
      throw new FileAlreadyExistsException(
          "Cannot write to " + place + ": it exists; remove it or choose another name");
    }
    Path scratch = Files.createTempDirectory("ccpairs-files");
    try {
      T made = maker.make(scratch.resolve(full.getName()));
      String whole = last.isEmpty() ? full.getName() : full.getName() + "/" + last;
      upload(scratch, files, full.getParent(), whole);
      return made;
    } finally {
      delete(scratch);
    }
  }

  /** Copies the files in a folder of this disk into another, one of them last. */
  public static void upload(
      Path local, FileSystem files, org.apache.hadoop.fs.Path folder, String last)
      throws IOException {
    List<Path> all;
    try (var tree = Files.walk(local)) {
      all = tree.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : all) {
      String name = local.relativize(file).toString();
      if (!name.equals(last)) {
        upload(file, files, new org.apache.hadoop.fs.Path(folder, name));
      }
    }
    upload(local.resolve(last), files, new org.apache.hadoop.fs.Path(folder, last));
  }

  private static void upload(Path local, FileSystem files, org.apache.hadoop.fs.Path to)
      throws IOException {
    org.apache.hadoop.fs.Path part =
        new org.apache.hadoop.fs.Path(to.getParent(), "_" + to.getName() + ".part");
    files.copyFromLocalFile(false, true, new org.apache.hadoop.fs.Path(local.toUri()), part);
    name(files, part, to);
  }

  /** Lets a file appear under its name; who looks sees none or the whole. */
  public static void name(
      FileSystem files, org.apache.hadoop.fs.Path part, org.apache.hadoop.fs.Path to)
      throws IOException {
    files.delete(to, false);
    if (!files.rename(part, to)) {
      throw new IOException("Cannot write " + to + ": the file system refused to rename " + part);
    }
  }

  private static boolean isHere(org.apache.hadoop.fs.Path full) {
    return full.toUri().getScheme().equals("file");
  }

  private static Found fetch(org.apache.hadoop.fs.Path fileOrFolder, Configuration configuration)
      throws IOException {
    FileSystem files = fileOrFolder.getFileSystem(configuration);
    org.apache.hadoop.fs.Path full = files.makeQualified(fileOrFolder);
    if (isHere(full)) {
      return new Found(Path.of(full.toUri().getPath()), null);
    }
    Path scratch = Files.createTempDirectory("ccpairs-files");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(scratch)));
    try {
      Path copy = scratch.resolve(full.getName());
      copy(files, files.getFileStatus(full), copy);
      return new Found(copy, scratch);
    } catch (IOException e) {
      delete(scratch);
      throw e;
    }
  }

  private static void copy(FileSystem files, FileStatus from, Path to) throws IOException {
    if (from.isDirectory()) {
      Files.createDirectories(to);
      for (FileStatus child : files.listStatus(from.getPath())) {
        copy(files, child, to.resolve(child.getPath().getName()));
      }
    } else {
      files.copyToLocalFile(false, from.getPath(), new org.apache.hadoop.fs.Path(to.toUri()), true);
    }
  }

  /** Removes a scratch folder with all that is in it, as far as it goes. */
  public static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var all = Files.walk(folder)) {
      all.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      // The disk's temporary folder is cleaned by its owner.
      System.getLogger(LocalFiles.class.getName())
          .log(System.Logger.Level.DEBUG, "Left " + folder, e);
    }
  }
}
