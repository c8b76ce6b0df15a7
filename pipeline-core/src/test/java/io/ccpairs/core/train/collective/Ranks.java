package io.ccpairs.core.train.collective;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ranks as threads of the test. */
public final class Ranks {
  public static final RingId ID = new RingId("app-1", 3, 0);
  public static final byte[] SECRET = "a secret of the test".getBytes(UTF_8);

  private Ranks() {}

  /** What one rank does. */
  public interface Task<T> {
    T run(Collective collective) throws Exception;
  }

  /** Opens a ring or its part. */
  public interface Joining {
    Collective join(int rank) throws IOException;
  }

  public static <T> List<T> inProcess(int world, Task<T> task) throws Exception {
    List<Collective> ranks = InProcessCollective.of(world, Duration.ofSeconds(20));
    return threads(world, ranks::get, task);
  }

  public static <T> List<T> ring(int world, Duration deadline, Task<T> task) throws Exception {
    List<RingListener> listeners = new ArrayList<>();
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int rank = 0; rank < world; rank++) {
      RingListener listener = RingListener.open(InetAddress.getLoopbackAddress());
      listeners.add(listener);
      addresses.add(listener.address());
    }
    return threads(
        world,
        rank -> RingCollective.join(listeners.get(rank), ID, rank, addresses, SECRET, deadline),
        task);
  }

  /** The results by rank; the first rank's exception where there is one. */
  public static <T> List<T> threads(int world, Joining joining, Task<T> task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(world);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int rank = 0; rank < world; rank++) {
        int own = rank;
        futures.add(
            threads.submit(
                () -> {
                  try (Collective collective = joining.join(own)) {
                    return task.run(collective);
                  }
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } finally {
      threads.shutdownNow();
    }
  }
}
