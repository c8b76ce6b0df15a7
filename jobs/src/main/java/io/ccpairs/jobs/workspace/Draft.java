package io.ccpairs.jobs.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.jobs.spark.Statistics;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

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

  private static final Duration HEARTBEAT = Duration.ofSeconds(20);

  /** A driver on another host that was silent for so long is taken for dead. */
  private static final Duration SILENCE = Duration.ofMinutes(2);

  private final FileSystem files;
  private final Path path;
  private final Order order;
  private final String name;
  private final long sequence;
  private final Optional<PublishedRun> replaced;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService heartbeat;

  private Draft(
      FileSystem files,
      Path path,
      Order order,
      String name,
      long sequence,
      Optional<PublishedRun> replaced) {
    this.files = files;
    this.path = path;
    this.order = order;
    this.name = name;
    this.sequence = sequence;
    this.replaced = replaced;
    this.heartbeat =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "lease of " + path.getName());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Who fills a draft. */
  record Lease(String host, long pid, String started, String fingerprint) {}

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
    Path lease = lease(path);
    if (files.exists(manifest(path))) {
      throw new RunExistsException(
          "Cannot make "
              + path
              + ": a run that replaced another has this name. Choose another --run-id");
    }
    if (files.exists(lease)) {
      Lease last = Json.read(files, lease, Lease.class);
      Path pulse = files.exists(pulse(path)) ? pulse(path) : lease;
      Duration silent =
          Duration.between(
              Instant.ofEpochMilli(files.getFileStatus(pulse).getModificationTime()),
              Instant.now());
      if (alive(last, silent)) {
        throw new RunExistsException(
            "Cannot make "
                + path
                + ": process "
                + last.pid()
                + " on "
                + last.host()
                + " is making it, and was heard of "
                + silent.toSeconds()
                + " s ago");
      }
      if (onExisting != OnExisting.RESUME || !last.fingerprint().equals(order.fingerprint())) {
        files.delete(path, true);
      }
    } else if (files.exists(path)) {
      // Neither manifest nor lease: what a retired run left behind when its driver died.
      files.delete(path, true);
    }
    make(files, new Path(path, META));
    Draft draft = new Draft(files, path, order, name, sequence, replaced);
    draft.takeLease();
    draft.startHeartbeat();
    Failpoint.reach("begun");
    return draft;
  }

  private static void make(FileSystem files, Path folder) throws IOException {
    boolean made;
    try {
      made = files.mkdirs(folder);
    } catch (ParentNotDirectoryException e) {
      made = false;
    }
    if (!made) {
      throw new FileSystemException("Cannot write to " + folder, null, "the folder cannot be made");
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the beat reports its own trouble
  private void startHeartbeat() {
    heartbeat.scheduleAtFixedRate(this::beat, 0, HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
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
            String.format("%016x", idSum),
            dataFiles(),
            Version.describe(),
            (System.nanoTime() - startNanos) / 1e9);
    PublishedRun run = new PublishedRun(path, manifest);
    try (OutputStream readme = files.create(new Path(path, CARD), true)) {
      readme.write(card.apply(run).getBytes(UTF_8));
    }
    Failpoint.reach("before-manifest");
    Json.write(files, manifest(path), manifest);
    Failpoint.reach("after-manifest");
    close();
    files.delete(pulse(path), false);
    files.delete(lease(path), false);
    if (replaced.isPresent()) {
      // Without its manifest the old run no longer exists for readers; then its files can go.
      Path old = replaced.get().path();
      files.delete(manifest(old), false);
      Failpoint.reach("half-retired");
      files.delete(old, true);
    }
    return run;
  }

  /**
   * Stops the heartbeat, and waits for a beat that is under way: it would leave its file behind in
   * a directory that is published or gone. What was written stays, for the next call to clean or
   * resume.
   */
  @Override
  public void close() {
    heartbeat.shutdown();
    try {
      if (!heartbeat.awaitTermination(HEARTBEAT.toSeconds(), TimeUnit.SECONDS)) {
        heartbeat.shutdownNow();
      }
    } catch (InterruptedException e) {
      heartbeat.shutdownNow();
      Thread.currentThread().interrupt();
    }
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

  private List<Manifest.DataFile> dataFiles() throws IOException {
    List<Manifest.DataFile> found = new ArrayList<>();
    Path data = new Path(path, DATA);
    if (!files.exists(data)) {
      return found;
    }
    list(data, found);
    found.sort(Comparator.comparing(Manifest.DataFile::path));
    return found;
  }

  /** Folder by folder: Hadoop's own walk asks for each file's blocks and permissions as well. */
  private void list(Path folder, List<Manifest.DataFile> found) throws IOException {
    int prefix = path.toUri().getPath().length() + 1;
    for (FileStatus file : files.listStatus(folder)) {
      if (file.isDirectory()) {
        list(file.getPath(), found);
      } else {
        String name = file.getPath().toUri().getPath().substring(prefix);
        found.add(new Manifest.DataFile(name, file.getLen()));
      }
    }
  }

  private void takeLease() throws IOException {
    Lease lease =
        new Lease(
            InetAddress.getLocalHost().getHostName(),
            ProcessHandle.current().pid(),
            Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()).toString(),
            order.fingerprint());
    Json.write(files, lease(path), lease);
  }

  /** Touches a file of its own: the lease itself is never rewritten, so nobody finds half of it. */
  private void beat() {
    try {
      files.create(pulse(path), true).close();
    } catch (IOException e) {
      // A missed beat is made up by the next; the run itself fails on its own writes if the disk is
      // gone.
      System.getLogger(Draft.class.getName())
          .log(System.Logger.Level.WARNING, "Missed a heartbeat of " + path, e);
    }
  }

  private static boolean alive(Lease lease, Duration silent) throws IOException {
    if (lease.host().equals(InetAddress.getLocalHost().getHostName())) {
      Optional<ProcessHandle> holder = ProcessHandle.of(lease.pid()).filter(ProcessHandle::isAlive);
      // A process of that number that began later than the lease's is another one.
      return holder.isPresent() && startedBy(holder.get(), Instant.parse(lease.started()));
    }
    return silent.compareTo(SILENCE) < 0;
  }

  private static boolean startedBy(ProcessHandle process, @Nullable Instant leaseStart) {
    Optional<Instant> start = process.info().startInstant();
    return start.isEmpty() || leaseStart == null || !start.get().isAfter(leaseStart.plusSeconds(2));
  }

  private static Path lease(Path run) {
    return new Path(new Path(run, META), "lease.json");
  }

  private static Path pulse(Path run) {
    return new Path(new Path(run, META), "_pulse");
  }

  private Path meta(String file) {
    return new Path(new Path(path, META), file);
  }
}
