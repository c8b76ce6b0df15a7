package io.ccpairs.jobs.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.jobs.spark.Statistics;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A run in the making. It is filled in place, piece by piece, and {@link #publish} makes it visible
 * by writing the manifest as the last file: a directory whose driver died holds no manifest and is
 * cleaned, or resumed, by the next call.
 *
 * <p>One driver at a time: a lease file with a heartbeat keeps a second one away while the first
 * lives.
 */
public final class Draft implements AutoCloseable {
  static final String DATA = "data";
  static final String DROPPED = "__dropped__";
  static final String BAD = "__bad__";
  static final String META = "__meta__";
  private static final String SCRATCH = "__scratch__";
  private static final String CARD = "README.md";

  private final FileSystem files;
  private final Path path;
  private final Order order;
  private final String name;
  private final long sequence;
  private final Optional<PublishedRun> replaced;
  private final long startNanos = System.nanoTime();
  private final Lease lease;

  private Draft(
      FileSystem files,
      Path path,
      Order order,
      String name,
      long sequence,
      Optional<PublishedRun> replaced,
      Lease lease) {
    this.files = files;
    this.path = path;
    this.order = order;
    this.name = name;
    this.sequence = sequence;
    this.replaced = replaced;
    this.lease = lease;
  }

  /**
   * What {@code begun.json} says. It is written once the directory holds nothing else, and goes
   * before a manifest does: pieces beside it are whole, and were made of this.
   */
  private record Begun(String fingerprint) {}

  /** What is kept of a finished piece, so that a resumed run can account for it. */
  public record Piece(
      String name,
      FunnelFile funnel,
      Map<String, Map<String, Map<String, Long>>> statistics,
      String idSum,
      long rows) {}

  static Draft open(
      FileSystem files,
      Path path,
      Order order,
      String name,
      long sequence,
      Optional<PublishedRun> replaced,
      OnExisting onExisting)
      throws IOException {
    if (files.exists(manifest(path))) {
      throw new RunExistsException(
          "Cannot make "
              + path
              + ": a run that replaced another has this name. Choose another --run-id");
    }
    Lease lease = Lease.take(files, new Path(path, META), "Cannot make " + path);
    Failpoint.reach("leased");
    try {
      if (files.exists(manifest(path))) {
        throw new RunExistsException(
            "Cannot make "
                + path
                + ": another process has just published it. Give the command again");
      }
      if (onExisting != OnExisting.RESUME || !begunAs(files, path, order)) {
        clear(files, path);
        Json.write(files, begun(path), new Begun(order.fingerprint()));
      }
    } catch (IOException | RuntimeException e) {
      lease.release();
      throw e;
    }
    Failpoint.reach("begun");
    return new Draft(files, path, order, name, sequence, replaced, lease);
  }

  private static boolean begunAs(FileSystem files, Path path, Order order) throws IOException {
    return files.exists(begun(path))
        && Json.read(files, begun(path), Begun.class).fingerprint().equals(order.fingerprint());
  }

  /** Deletes all but the lease: what a driver left that died, or a retired run whose driver did. */
  private static void clear(FileSystem files, Path path) throws IOException {
    files.delete(begun(path), false);
    for (FileStatus child : files.listStatus(path)) {
      if (!child.getPath().getName().equals(META)) {
        files.delete(child.getPath(), true);
      }
    }
    for (FileStatus child : files.listStatus(new Path(path, META))) {
      if (!Lease.isOfALease(child.getPath().getName())) {
        files.delete(child.getPath(), true);
      }
    }
  }

  /**
   * Deletes a published run: what would let somebody go on with its rest first, then the manifest,
   * without which it no longer exists for readers.
   */
  static void retire(FileSystem files, Path run) throws IOException {
    files.delete(begun(run), false);
    files.delete(manifest(run), false);
    Failpoint.reach("half-retired");
    if (!files.delete(run, true) && files.exists(run)) {
      throw new IOException("Cannot delete " + run);
    }
  }

  static Path manifest(Path run) {
    return new Path(new Path(run, META), "manifest.json");
  }

  /** The run's directory. */
  public Path path() {
    return path;
  }

  /** Where the kept rows of a piece go. */
  public Path data(String piece) {
    return new Path(new Path(path, DATA), "origin=" + piece);
  }

  /** Where the dropped rows of a piece go. */
  public Path dropped(String piece) {
    return new Path(new Path(path, DROPPED), "origin=" + piece);
  }

  /** Where the bad records of a piece go. */
  public Path bad(String piece) {
    return new Path(new Path(path, BAD), "origin=" + piece);
  }

  /** The piece, if an earlier attempt at this same run finished it. */
  public Optional<Piece> finished(String piece) throws IOException {
    Path file = meta("piece-" + piece + ".json");
    return files.exists(file) ? Optional.of(Json.read(files, file, Piece.class)) : Optional.empty();
  }

  /** Marks a piece as finished: all its files are in place. */
  public void finish(Piece piece) throws IOException {
    Failpoint.reach("before-piece-" + piece.name());
    lease.check();
    Json.write(files, meta("piece-" + piece.name() + ".json"), piece);
    Failpoint.reach("after-piece-" + piece.name());
  }

  /** A moment of the stage's own at which a test may end the driver. */
  public void reach(String moment) {
    Failpoint.reach(moment);
  }

  /** Where a stage keeps what only its own later steps read; gone once the run is published. */
  public Path scratch(String name) {
    return new Path(new Path(path, SCRATCH), name);
  }

  /** Where a stage keeps what belongs to the run but is no row of its table. */
  public Path aside(String name) {
    return PublishedRun.aside(path, name);
  }

  /** The file system of the run. */
  public FileSystem files() {
    return files;
  }

  /**
   * Makes the run visible, then retires the one it replaces.
   *
   * @param pieces all of them, one for each origin
   * @param card what {@code README.md} says of the run
   */
  public PublishedRun publish(
      List<Piece> pieces, StructType schema, Function<PublishedRun, String> card)
      throws IOException {
    return publish(pieces, schema, file -> true, card);
  }

  /**
   * The same of a stage that knows the names of its files.
   *
   * @param ours whether a file, by its path in the run, is one of them; others, which a second copy
   *     of a task left, are deleted
   */
  public PublishedRun publish(
      List<Piece> pieces,
      StructType schema,
      Predicate<String> ours,
      Function<PublishedRun, String> card)
      throws IOException {
    lease.check();
    Funnel funnel = new Funnel();
    Statistics statistics = new Statistics();
    Map<String, Long> rows = new LinkedHashMap<>();
    long idSum = 0;
    for (Piece piece : pieces) {
      funnel.merge(piece.funnel().funnel());
      statistics.merge(Statistics.of(piece.statistics()));
      rows.put(piece.name(), piece.rows());
      idSum += Long.parseUnsignedLong(piece.idSum(), 16);
    }
    files.delete(new Path(path, SCRATCH), true);
    Json.write(files, meta("funnel.json"), FunnelFile.of(funnel));
    Json.write(files, meta("statistics.json"), statistics.byOrigin());
    Json.write(files, meta("schema.json"), columns(schema));
    Json.write(files, meta("config.json"), order.settings());
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT,
            order.schemaVersion(),
            order.table(),
            path.getName().substring(Workspace.RUN_PREFIX.length()),
            name,
            sequence,
            order.stage(),
            order.fingerprint(),
            Instant.now().toString(),
            replaced.map(run -> run.manifest().run()).orElse(null),
            order.inputs(),
            rows,
            String.format(Locale.ROOT, "%016x", idSum),
            dataFiles(ours),
            Version.describe(),
            (System.nanoTime() - startNanos) / 1e9);
    PublishedRun run = new PublishedRun(path, manifest);
    try (OutputStream readme = files.create(new Path(path, CARD), true)) {
      readme.write(card.apply(run).getBytes(UTF_8));
    }
    Failpoint.reach("before-manifest");
    lease.check();
    Json.write(files, manifest(path), manifest);
    Failpoint.reach("after-manifest");
    files.delete(begun(path), false);
    lease.release();
    if (replaced.isPresent()) {
      retire(files, replaced.get().path());
    }
    return run;
  }

  /** Stops. What was written stays, for the next call to clean or resume. */
  @Override
  public void close() {
    lease.close();
  }

  private static List<Map<String, String>> columns(StructType schema) {
    List<Map<String, String>> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      Map<String, String> column = new LinkedHashMap<>();
      column.put("name", field.name());
      column.put("type", field.dataType().simpleString());
      column.put("meaning", field.getComment().getOrElse(() -> ""));
      columns.add(column);
    }
    return columns;
  }

  private List<Manifest.DataFile> dataFiles(Predicate<String> ours) throws IOException {
    List<Manifest.DataFile> found = new ArrayList<>();
    Path data = new Path(path, DATA);
    if (!files.exists(data)) {
      return found;
    }
    list(data, ours, found);
    found.sort(Comparator.comparing(Manifest.DataFile::path));
    return found;
  }

  /** Folder by folder: Hadoop's own walk asks for each file's blocks and permissions as well. */
  private void list(Path folder, Predicate<String> ours, List<Manifest.DataFile> found)
      throws IOException {
    int prefix = path.toUri().getPath().length() + 1;
    for (FileStatus file : files.listStatus(folder)) {
      if (file.isDirectory()) {
        list(file.getPath(), ours, found);
      } else {
        String name = file.getPath().toUri().getPath().substring(prefix);
        if (ours.test(name)) {
          found.add(new Manifest.DataFile(name, file.getLen()));
        } else {
          files.delete(file.getPath(), false);
        }
      }
    }
  }

  private static Path begun(Path run) {
    return new Path(new Path(run, META), "begun.json");
  }

  private Path meta(String file) {
    return new Path(new Path(path, META), file);
  }
}
