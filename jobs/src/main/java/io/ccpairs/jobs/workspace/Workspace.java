package io.ccpairs.jobs.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder of tables. Readers see published runs only. */
public final class Workspace {
  static final String RUN_PREFIX = "run=";

  private final Path root;
  private final FileSystem files;

  private Workspace(Path root, FileSystem files) {
    this.root = root;
    this.files = files;
  }

  /**
   * The workspace at a path, which need not exist yet.
   *
   * @param root a path of any file system that Hadoop knows
   */
  public static Workspace at(String root, Configuration configuration) throws IOException {
    Path path = new Path(root);
    FileSystem files = path.getFileSystem(configuration);
    return new Workspace(files.makeQualified(path), files);
  }

  /** The file system that holds the workspace. */
  public FileSystem files() {
    return files;
  }

  /** The published runs of a table, the oldest first. */
  public List<PublishedRun> runs(String table) throws IOException {
    return runsBelow(files, new Path(root, table));
  }

  /** Whether a folder holds runs, published or in the making. */
  public static boolean isTable(FileSystem files, Path folder) throws IOException {
    for (FileStatus child : files.listStatus(folder)) {
      if (child.isDirectory() && child.getPath().getName().startsWith(RUN_PREFIX)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The newest published run at a path: of a table, or the run itself.
   *
   * @throws FileNotFoundException when there is none, naming the path
   */
  public static PublishedRun open(String tableOrRun, Configuration configuration)
      throws IOException {
    Path path = new Path(tableOrRun);
    FileSystem files = path.getFileSystem(configuration);
    Path manifest = Draft.manifest(path);
    if (files.exists(manifest)) {
      return published(files, files.makeQualified(path), manifest);
    }
    List<PublishedRun> runs = runsBelow(files, path);
    if (runs.isEmpty()) {
      throw new FileNotFoundException(
          "Cannot open "
              + tableOrRun
              + ": no published run there; give a table such as work/pairs, or one of its runs");
    }
    return runs.get(runs.size() - 1);
  }

  /**
   * The same of a table whose rows are pairs.
   *
   * @throws FileNotFoundException also when its rows are others: vectors, or batches
   */
  public static PublishedRun openPairs(String tableOrRun, Configuration configuration)
      throws IOException {
    PublishedRun run = open(tableOrRun, configuration);
    if (!run.columns(run.path().getFileSystem(configuration)).contains("source_id")) {
      throw new FileNotFoundException(
          "Cannot use "
              + run.path()
              + ": "
              + run.manifest().table()
              + " is no table of pairs, but made of one");
    }
    return run;
  }

  /**
   * Prepares to make what is ordered, or finds that it is there.
   *
   * @return the draft to fill and publish, or the published run that makes it needless
   * @throws RunExistsException when a run stands in the way
   */
  public Begun begin(Order order, OnExisting onExisting) throws IOException {
    String fingerprint = order.fingerprint();
    String name = order.name() == null ? fingerprint : order.name();
    if (!isName(name)) {
      throw new IllegalArgumentException("Cannot name a run " + name + ": " + NAMES);
    }
    List<PublishedRun> runs = runs(order.table());
    Optional<PublishedRun> existing =
        runs.stream()
            .filter(run -> run.manifest().name().equals(name))
            .reduce((older, newer) -> newer);
    if (existing.isPresent()) {
      PublishedRun run = existing.get();
      if (onExisting == OnExisting.FAIL) {
        throw new RunExistsException(
            "Cannot make " + run.path() + ": it is published already (--on-existing fail)");
      }
      if (onExisting != OnExisting.OVERWRITE) {
        if (run.manifest().fingerprint().equals(fingerprint)) {
          return new Begun(Optional.of(run), Optional.empty());
        }
        throw new RunExistsException(
            "Cannot make "
                + run.path()
                + ": it is published already, from other inputs or settings ("
                + difference(run, order)
                + "). Choose another --run-id, or --on-existing overwrite");
      }
    }
    String directory = existing.map(run -> successor(name, runs)).orElse(name);
    long sequence = 1 + runs.stream().mapToLong(run -> run.manifest().sequence()).max().orElse(0);
    Path path = new Path(new Path(root, order.table()), RUN_PREFIX + directory);
    Draft draft = Draft.open(files, path, order, name, sequence, existing, onExisting);
    return new Begun(Optional.empty(), Optional.of(draft));
  }

  /** Either a run that is up to date, or a draft to fill. */
  public record Begun(Optional<PublishedRun> upToDate, Optional<Draft> draft) {}

  /** What {@link #isName} asks for, in words. */
  public static final String NAMES =
      "letters, digits, dots, dashes and underscores, at most 100, the first no dot";

  /** Whether a run may be called so: the name becomes a part of a path. */
  public static boolean isName(String name) {
    return name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  }

  private static String successor(String name, List<PublishedRun> runs) {
    int number = 2;
    while (true) {
      String candidate = name + "-" + number;
      if (runs.stream().noneMatch(run -> run.manifest().run().equals(candidate))) {
        return candidate;
      }
      number++;
    }
  }

  private static List<PublishedRun> runsBelow(FileSystem files, Path table) throws IOException {
    List<PublishedRun> runs = new ArrayList<>();
    FileStatus[] children;
    try {
      children = files.listStatus(table);
    } catch (FileNotFoundException e) {
      return runs;
    }
    for (FileStatus child : children) {
      if (child.isDirectory() && child.getPath().getName().startsWith(RUN_PREFIX)) {
        Path manifest = Draft.manifest(child.getPath());
        if (files.exists(manifest)) {
          runs.add(published(files, child.getPath(), manifest));
        }
      }
    }
    runs.sort(Comparator.comparingLong(run -> run.manifest().sequence()));
    return runs;
  }

  /**
   * The run of a manifest.
   *
   * @throws FileNotFoundException when it is of a later format, which this code cannot know
   */
  private static PublishedRun published(FileSystem files, Path run, Path manifest)
      throws IOException {
    JsonNode said = Json.read(files, manifest, JsonNode.class);
    int format = said.path("format").asInt();
    if (format > Manifest.FORMAT) {
      throw new FileNotFoundException(
          "Cannot open "
              + run
              + ": its manifest has format "
              + format
              + ", this ccpairs reads up to "
              + Manifest.FORMAT
              + "; it was written by ccpairs "
              + said.path("code").asText("of another version"));
    }
    return new PublishedRun(run, Json.as(said, Manifest.class));
  }

  private String difference(PublishedRun run, Order order) throws IOException {
    Map<String, String> then = new TreeMap<>(run.settings(files));
    List<String> differences = new ArrayList<>();
    order
        .settings()
        .forEach(
            (key, now) -> {
              String before = then.get(key);
              if (!now.equals(before)) {
                differences.add(key + " was " + before + ", is " + now);
              }
            });
    if (!run.manifest().inputs().equals(order.inputs())) {
      differences.add(
          "inputs were "
              + run.manifest().inputs().size()
              + " files, are "
              + order.inputs().size()
              + ", or they changed");
    }
    return differences.isEmpty()
        ? "made by another version of the job"
        : String.join("; ", differences);
  }
}
