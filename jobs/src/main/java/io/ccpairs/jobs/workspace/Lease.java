package io.ccpairs.jobs.workspace;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The right of one process to fill a folder: a file that says who, and a pulse beside it.
 *
 * <p>The files are called {@code lease.json}, {@code lease-1.json} and so on. A lease is never
 * rewritten: who finds the newest one dead makes the next, which a file system lets one of several
 * do, and looks again for others that live before it touches anything.
 */
public final class Lease implements AutoCloseable {
  private static final Duration HEARTBEAT = Duration.ofSeconds(20);

  /** A process that cannot be asked and was silent for so long is taken for dead. */
  private static final Duration SILENCE = Duration.ofMinutes(2);

  private static final Pattern NAME = Pattern.compile("lease(?:-(\\d{1,9}))?\\.json");
  private static final String PULSE = "_pulse";
  private static final String CLAIM = "_lease.";

  /** Others may come and go while one asks; so often it is asked again. */
  private static final int ATTEMPTS = 10;

  /** The leases of this process, and whether it still holds them. */
  private static final Map<String, Boolean> OWN = new ConcurrentHashMap<>();

  private final FileSystem files;
  private final Path folder;
  private final int number;
  private final String token;
  private final String purpose;
  private final ScheduledExecutorService heartbeat;

  private Lease(FileSystem files, Path folder, int number, String token, String purpose) {
    this.files = files;
    this.folder = folder;
    this.number = number;
    this.token = token;
    this.purpose = purpose;
    this.heartbeat =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "lease of " + folder);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Who holds a lease.
   *
   * @param token of this lease only
   * @param machine within which process numbers mean something; null where that is not known
   * @param started when the process began, as its machine counts
   */
  record Holder(
      @Nullable String token,
      String host,
      @Nullable String machine,
      long pid,
      @Nullable String started) {

    static Holder here(String token) throws IOException {
      long pid = ProcessHandle.current().pid();
      return new Holder(
          token, InetAddress.getLocalHost().getHostName(), thisMachine(), pid, began(pid));
    }
  }

  /**
   * Takes the lease on a folder, which is made if it is not there.
   *
   * @param purpose what cannot be done without, as in {@code Cannot make work/pairs/run=a}
   * @throws RunExistsException when another holds it and lives
   */
  public static Lease take(FileSystem files, Path folder, String purpose) throws IOException {
    make(files, folder);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String token = UUID.randomUUID().toString();
      Path claim = new Path(folder, CLAIM + token);
      try {
        Optional<Lease> taken = take(files, folder, purpose, token, claim);
        if (taken.isPresent()) {
          return taken.get();
        }
      } finally {
        files.delete(claim, false);
      }
    }
    throw new RunExistsException(purpose + ": others are about to begin it. Try again");
  }

  private static Optional<Lease> take(
      FileSystem files, Path folder, String purpose, String token, Path claim) throws IOException {
    write(files, claim, Json.text(Holder.here(token)));
    // Times are the file system's own: clocks of two hosts may differ by more than the silence.
    long now = files.getFileStatus(claim).getModificationTime();
    List<Integer> found = numbers(files, folder);
    for (int number : found) {
      refuseWhereAlive(files, folder, number, purpose, now);
    }
    int number = found.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    Lease lease = new Lease(files, folder, number, token, purpose);
    OWN.put(token, true);
    boolean alone = false;
    try {
      alone = lease.place(claim) && lease.isHeld() && lease.clearOthers(now);
    } finally {
      if (!alone) {
        lease.release();
      }
    }
    if (!alone) {
      return Optional.empty();
    }
    lease.startHeartbeat();
    return Optional.of(lease);
  }

  /** Makes a folder, or says that it cannot be made. */
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

  private static void write(FileSystem files, Path file, String text) throws IOException {
    try (OutputStream out = files.create(file, false)) {
      out.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  /** The numbers of the leases in a folder. */
  private static List<Integer> numbers(FileSystem files, Path folder) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (FileStatus status : files.listStatus(folder)) {
      Matcher name = NAME.matcher(status.getPath().getName());
      if (name.matches()) {
        numbers.add(name.group(1) == null ? 0 : Integer.parseInt(name.group(1)));
      }
    }
    return numbers;
  }

  /** Whether a file in the folder belongs to its leases. */
  public static boolean isOfALease(String name) {
    return NAME.matcher(name).matches() || name.startsWith(PULSE) || name.startsWith(CLAIM);
  }

  private static Path file(Path folder, int number) {
    return new Path(folder, number == 0 ? "lease.json" : "lease-" + number + ".json");
  }

  private static Path pulse(Path folder, int number) {
    return new Path(folder, number == 0 ? PULSE : PULSE + "-" + number);
  }

  // ---- Whether a holder lives

  private static void refuseWhereAlive(
      FileSystem files, Path folder, int number, String purpose, long now) throws IOException {
    Holder holder;
    Duration silent;
    try {
      holder = Json.read(files, file(folder, number), Holder.class);
      silent = silent(files, folder, number, now);
    } catch (FileNotFoundException e) {
      // It was given back while we looked.
      return;
    }
    if (lives(holder, silent)) {
      throw new RunExistsException(
          purpose
              + ": process "
              + holder.pid()
              + " on "
              + holder.host()
              + " is making it, and was heard of "
              + silent.toSeconds()
              + " s ago"
              + (canBeAsked(holder)
                  ? ""
                  : "; it counts as dead after " + SILENCE.toSeconds() + " s of silence"));
    }
  }

  private static Duration silent(FileSystem files, Path folder, int number, long now)
      throws IOException {
    long heard = files.getFileStatus(file(folder, number)).getModificationTime();
    try {
      heard = Math.max(heard, files.getFileStatus(pulse(folder, number)).getModificationTime());
    } catch (FileNotFoundException e) {
      // Its first beat is still to come.
    }
    return Duration.ofMillis(Math.max(0, now - heard));
  }

  private static boolean lives(Holder holder, Duration silent) {
    Boolean own = holder.token() == null ? null : OWN.get(holder.token());
    if (own != null) {
      return own;
    }
    if (!canBeAsked(holder)) {
      return silent.compareTo(SILENCE) < 0;
    }
    String began = began(holder.pid());
    // A process of that number that began at another time is another one.
    return began == null ? exists(holder.pid()) : began.equals(holder.started());
  }

  /** Whether process numbers mean the same here as to the holder, and its own would be seen. */
  private static boolean canBeAsked(Holder holder) {
    String machine = holder.machine();
    return machine != null && holder.started() != null && machine.equals(thisMachine());
  }

  private static boolean exists(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) && !isZombie(pid);
  }

  /**
   * Within what process numbers can be compared: one boot of one kernel, one namespace of process
   * numbers, one user, who sees all of their own. Host names do not do: two containers may share
   * one.
   */
  private static @Nullable String thisMachine() {
    try {
      return Files.readString(java.nio.file.Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/pid"))
          + " "
          + System.getProperty("user.name");
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** When a process began, in ticks since the boot; null when there is none, or it is over. */
  private static @Nullable String began(long pid) {
    String[] fields = status(pid);
    return fields.length < 20 || fields[0].equals("Z") ? null : fields[19];
  }

  private static boolean isZombie(long pid) {
    String[] fields = status(pid);
    return fields.length > 0 && fields[0].equals("Z");
  }

  /** What Linux says of a process, from its state on. */
  private static String[] status(long pid) {
    try {
      String line = Files.readString(java.nio.file.Path.of("/proc", Long.toString(pid), "stat"));
      // The name before it, in brackets, may hold blanks.
      return line.substring(line.lastIndexOf(')') + 1).strip().split(" ");
    } catch (IOException e) {
      return new String[0];
    }
  }

  // ---- The file

  /**
   * Gives the claim the lease's name, whole or not at all.
   *
   * @return false when there is one of that name
   */
  private boolean place(Path claim) throws IOException {
    Path file = file(folder, number);
    try {
      if (files.getUri().getScheme().equals("file") && link(claim, file)) {
        return true;
      }
      if (files.hasPathCapability(
          file, CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE)) {
        return put(claim, file);
      }
      // A rename over another file is refused: by the name node of HDFS in one step. Where it is
      // not one step, the second one is seen by its token.
      return !files.exists(file) && files.rename(claim, file);
    } catch (java.nio.file.FileAlreadyExistsException | FileAlreadyExistsException e) {
      return false;
    }
  }

  /** A local disk renames over what is there, but never links so. */
  private static boolean link(Path claim, Path file) throws IOException {
    java.nio.file.Path local = java.nio.file.Path.of(file.toUri().getPath());
    try {
      Files.createLink(local, java.nio.file.Path.of(claim.toUri().getPath()));
      // A sum of an earlier file that somebody deleted by hand.
      Files.deleteIfExists(local.resolveSibling("." + file.getName() + ".crc"));
      return true;
    } catch (java.nio.file.FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // A disk without links.
      return false;
    }
  }

  /** An object appears when it is whole, and the store refuses a second one. */
  private boolean put(Path claim, Path file) throws IOException {
    byte[] text;
    try (var in = files.open(claim)) {
      text = in.readAllBytes();
    }
    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(file);
    builder.overwrite(false);
    builder.opt(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
    try (OutputStream out = builder.build()) {
      out.write(text);
    } catch (IOException e) {
      // Refused, or a store that knows no such condition.
      return files.exists(file) ? isHeld() : files.rename(claim, file);
    }
    return true;
  }

  /** Whether the file is still the one that was placed. */
  private boolean isHeld() throws IOException {
    try {
      return token.equals(Json.read(files, file(folder, number), Holder.class).token());
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /**
   * Removes leases of the dead.
   *
   * @return false, with nothing removed, when another one lives after all
   */
  private boolean clearOthers(long now) throws IOException {
    List<Integer> others = numbers(files, folder);
    others.remove(Integer.valueOf(number));
    for (int other : others) {
      try {
        refuseWhereAlive(files, folder, other, purpose, now);
      } catch (RunExistsException e) {
        return false;
      }
    }
    for (int other : others) {
      files.delete(pulse(folder, other), false);
      files.delete(file(folder, other), false);
    }
    for (FileStatus status : files.listStatus(folder)) {
      if (status.getPath().getName().startsWith(CLAIM)
          && now - status.getModificationTime() > SILENCE.toMillis()) {
        files.delete(status.getPath(), false);
      }
    }
    return true;
  }

  // ---- Its life

  @SuppressWarnings("FutureReturnValueIgnored") // the beat reports its own trouble
  private void startHeartbeat() {
    heartbeat.scheduleAtFixedRate(this::beat, 0, HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
  }

  /** Touches the pulse. A beat that throws would be the last one. */
  void beat() {
    try {
      if (files.exists(file(folder, number))) {
        files.create(pulse(folder, number), true).close();
      }
    } catch (IOException | RuntimeException e) {
      // A missed beat is made up by the next; the work itself fails on its own writes if the disk
      // is gone.
      System.getLogger(Lease.class.getName())
          .log(System.Logger.Level.WARNING, "Missed a heartbeat of " + folder, e);
    }
  }

  /**
   * Makes sure, before what cannot be undone, that nobody took this process for dead.
   *
   * @throws RunExistsException when somebody did
   */
  public void check() throws IOException {
    if (!isHeld()) {
      throw new RunExistsException(
          purpose + ": this process was silent for too long, and another one took it over");
    }
  }

  /** Gives the lease back. */
  public void release() throws IOException {
    close();
    if (isHeld()) {
      files.delete(pulse(folder, number), false);
      files.delete(file(folder, number), false);
    }
  }

  /**
   * Stops the heartbeat, and waits for a beat that is under way: it would leave its file behind in
   * a folder that is gone. The lease stays: others wait until this process has ended, since its
   * tasks may still write; this process itself may take it again.
   */
  @Override
  public void close() {
    OWN.put(token, false);
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
}
