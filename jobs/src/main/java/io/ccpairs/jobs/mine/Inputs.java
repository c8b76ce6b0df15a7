package io.ccpairs.jobs.mine;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.jobs.workspace.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files to mine, by origin, each once and in the order of their paths.
 *
 * @param files by origin; an origin without files is absent
 * @param passedOver files in the given folders that no origin reads, by their names no dumps of it
 */
public record Inputs(Map<Origin, List<FileStatus>> files, List<String> passedOver) {

  /** What of a folder is read; a file that is named itself is always read. */
  private static Pattern wanted(Origin origin) {
    return switch (origin) {
      case WIKIPEDIA -> WIKIPEDIA_FILES;
      case STACKEXCHANGE -> STACKEXCHANGE_FILES;
      case REDDIT -> REDDIT_FILES;
    };
  }

  /**
   * Of what lies beside pages in a mirror no stubs, abstracts, logs, news feeds and no index of
   * streams; and no tables of Stack Exchange, which may lie in the same folder.
   */
  private static final Pattern WIKIPEDIA_FILES =
      Pattern.compile(
          "(?!.*-(stub-|abstract|pages-logging|flow|multistream-index|rss\\.xml))"
              + "(?!(badges|comments|posthistory|postlinks|posts|tags|users|votes)\\.xml)"
              + "(.*\\.xml(-p\\d+p\\d+[^/]*)?(\\.bz2|\\.gz|\\.zst)?|.*pages-articles[^/]*\\.bz2)");

  /** Of the several archives of a large site, the one with the posts. */
  private static final Pattern STACKEXCHANGE_FILES =
      Pattern.compile("posts\\.xml(\\.bz2|\\.gz|\\.zst)?|.*-posts\\.7z|[^-]*\\.7z");

  private static final Pattern REDDIT_FILES =
      Pattern.compile(
          "(?!.*(\\.xml|pages-articles))"
              + "(.*(\\.ndjson|\\.jsonl|\\.json)(\\.bz2|\\.gz|\\.zst)?|.*(\\.bz2|\\.gz|\\.zst)|r[sc]_\\d{4}-\\d{2}(\\.xz)?)");

  /**
   * Finds the files.
   *
   * @param places by origin: files, folders (read with all below) and globs
   * @throws FileNotFoundException when a place holds nothing to read, naming it
   */
  public static Inputs find(Map<Origin, List<String>> places, Configuration configuration)
      throws FileNotFoundException {
    Map<Origin, List<FileStatus>> found = new EnumMap<>(Origin.class);
    Set<String> others = new TreeSet<>();
    for (Map.Entry<Origin, List<String>> entry : places.entrySet()) {
      Map<String, FileStatus> files = new TreeMap<>();
      for (String place : entry.getValue()) {
        files.putAll(at(entry.getKey(), place, configuration, others));
      }
      if (!files.isEmpty()) {
        found.put(entry.getKey(), List.copyOf(files.values()));
      }
    }
    found
        .values()
        .forEach(files -> files.forEach(file -> others.remove(file.getPath().toString())));
    return new Inputs(found, List.copyOf(others));
  }

  private static Map<String, FileStatus> at(
      Origin origin, String place, Configuration configuration, Set<String> others)
      throws FileNotFoundException {
    String cannot = "Cannot mine " + origin.word() + " from " + place + ": ";
    Map<String, FileStatus> files = new TreeMap<>();
    try {
      Path path = new Path(place);
      FileSystem fileSystem = path.getFileSystem(configuration);
      FileStatus[] matches = fileSystem.globStatus(path);
      if (matches == null || matches.length == 0) {
        throw new FileNotFoundException(cannot + "there is no such file");
      }
      for (FileStatus match : matches) {
        collect(fileSystem, match, origin, true, files, others);
      }
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      // No path at all, permissions, lost connections: the file system's words say what it is. HDFS
      // sends the
      // trace of its name node behind them.
      String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw (FileNotFoundException) new FileNotFoundException(cannot + words).initCause(e);
    }
    if (files.isEmpty()) {
      throw new FileNotFoundException(cannot + "the folder holds no such dump");
    }
    return files;
  }

  /** The files of an origin; none where it has none. */
  public List<FileStatus> of(Origin origin) {
    return files.getOrDefault(origin, List.of());
  }

  /** What the manifest and the fingerprint say of the files. */
  public List<Manifest.InputFile> listed() {
    List<Manifest.InputFile> listed = new ArrayList<>();
    files
        .values()
        .forEach(
            some ->
                some.forEach(
                    file ->
                        listed.add(
                            new Manifest.InputFile(
                                file.getPath().toString(),
                                file.getLen(),
                                file.getModificationTime()))));
    listed.sort(Comparator.comparing(Manifest.InputFile::path));
    return listed;
  }

  private static void collect(
      FileSystem fileSystem,
      FileStatus status,
      Origin origin,
      boolean named,
      Map<String, FileStatus> into,
      Set<String> others)
      throws IOException {
    String name = status.getPath().getName();
    if (status.isDirectory()) {
      for (FileStatus child : fileSystem.listStatus(status.getPath())) {
        String childName = child.getPath().getName();
        if (!childName.startsWith(".") && !childName.startsWith("_")) {
          collect(fileSystem, child, origin, false, into, others);
        }
      }
    } else if (named || wanted(origin).matcher(name.toLowerCase(Locale.ROOT)).matches()) {
      into.put(status.getPath().toString(), status);
    } else {
      others.add(status.getPath().toString());
    }
  }
}
