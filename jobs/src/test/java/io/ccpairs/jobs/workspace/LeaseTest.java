package io.ccpairs.jobs.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
  private static final String NOBODY = "1";
  private static final long SILENT_MILLIS = 130_000;

  @TempDir java.nio.file.Path root;
  private FileSystem files;
  private Path folder;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.getLocal(new Configuration());
    folder = new Path(root.toString(), "run");
  }

  @Test
  void ofSeveralThatAskAtOnceOneGetsIt() throws Exception {
    for (int round = 0; round < 100; round++) {
      Path fresh = new Path(root.toString(), "run-" + round);
      List<Lease> first = atOnce(files, fresh, 3);
      assertThat(first).hasSize(1);
      first.get(0).close();
      kill(files, fresh);
      List<Lease> next = atOnce(files, fresh, 3);
      assertThat(next).as("after the first died").hasSize(1);
      next.get(0).release();
      assertThat(files.listStatus(fresh)).isEmpty();
    }
  }

  @Test
  void aDeadProcessOfThisMachineIsNoObstacle() throws IOException {
    Lease.Holder here = Lease.Holder.here("gone");
    holds(new Lease.Holder("gone", here.host(), here.machine(), Integer.MAX_VALUE, NOBODY));
    take().release();

    // Its number went to another process, here to this one.
    holds(new Lease.Holder("gone", here.host(), here.machine(), here.pid(), NOBODY));
    take().release();
  }

  @Test
  void aLivingProcessOfThisMachineKeepsItHoweverSilent() throws IOException {
    holds(Lease.Holder.here("of a process like this one"));
    age(SILENT_MILLIS);
    refused("process " + ProcessHandle.current().pid() + " on ");
  }

  /** Two containers may share a host's name; neither sees the other's processes. */
  @Test
  void aProcessThatCannotBeAskedIsDeadOnceItIsSilent() throws IOException {
    isDeadOnceSilent("another container");
    isDeadOnceSilent(null);
  }

  private void isDeadOnceSilent(@Nullable String machine) throws IOException {
    String host = Lease.Holder.here("elsewhere").host();
    holds(new Lease.Holder("elsewhere", host, machine, Integer.MAX_VALUE, NOBODY));
    refused("counts as dead after 120 s");
    age(SILENT_MILLIS);
    files.create(new Path(folder, "_pulse"), true).close();
    refused("counts as dead after 120 s");
    files.delete(new Path(folder, "_pulse"), false);
    take().release();
  }

  @Test
  void whatIsStoppedCanBeTakenAgainAndWhatIsTakenOverIsTold() throws IOException {
    Lease first = take();
    refused("process " + ProcessHandle.current().pid());
    first.close();
    Lease second = take();
    second.check();
    assertThatThrownBy(first::check)
        .isInstanceOf(RunExistsException.class)
        .hasMessageContaining("another one took it over");
    first.release();
    second.check();
    second.release();
  }

  @Test
  void aBeatThatFailsIsNotTheLast() throws IOException {
    Stubborn stubborn = new Stubborn(files);
    Lease lease = Lease.take(stubborn, folder, "Cannot make it");
    stubborn.refuses = true;
    assertThatCode(lease::beat).doesNotThrowAnyException();
    stubborn.refuses = false;
    lease.release();
  }

  /** All that get the lease of those that ask in the same moment. */
  static List<Lease> atOnce(FileSystem files, Path folder, int drivers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(drivers);
    try {
      CyclicBarrier ready = new CyclicBarrier(drivers);
      List<Future<Optional<Lease>>> asked = new ArrayList<>();
      for (int driver = 0; driver < drivers; driver++) {
        asked.add(
            threads.submit(
                () -> {
                  ready.await();
                  try {
                    return Optional.of(Lease.take(files, folder, "Cannot make it"));
                  } catch (RunExistsException e) {
                    return Optional.empty();
                  }
                }));
      }
      List<Lease> taken = new ArrayList<>();
      for (Future<Optional<Lease>> one : asked) {
        one.get().ifPresent(taken::add);
      }
      return taken;
    } finally {
      threads.shutdown();
    }
  }

  /** Makes the leases in a folder look as if their processes had died. */
  static void kill(FileSystem files, Path folder) throws IOException {
    Lease.Holder here = Lease.Holder.here("killed");
    for (FileStatus status : files.listStatus(folder)) {
      if (status.getPath().getName().startsWith("lease")) {
        Json.write(
            files,
            status.getPath(),
            new Lease.Holder("killed", here.host(), here.machine(), Integer.MAX_VALUE, NOBODY));
      }
    }
  }

  private Lease take() throws IOException {
    return Lease.take(files, folder, "Cannot make it");
  }

  private void refused(String... words) {
    assertThatThrownBy(this::take)
        .isInstanceOf(RunExistsException.class)
        .hasMessageStartingWith("Cannot make it: process ")
        .hasMessageContainingAll(words);
  }

  private void holds(Lease.Holder holder) throws IOException {
    files.mkdirs(folder);
    Json.write(files, new Path(folder, "lease.json"), holder);
  }

  private void age(long millis) throws IOException {
    Path lease = new Path(folder, "lease.json");
    long now = files.getFileStatus(lease).getModificationTime();
    files.setTimes(lease, now - millis, -1);
  }

  /** Throws at times what no caller expects. */
  private static final class Stubborn extends FilterFileSystem {
    private boolean refuses;

    Stubborn(FileSystem files) {
      super(files);
    }

    @Override
    public FSDataOutputStream create(
        Path file,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      if (refuses) {
        throw new IllegalStateException("Closed");
      }
      return super.create(
          file, permission, overwrite, bufferSize, replication, blockSize, progress);
    }
  }
}
