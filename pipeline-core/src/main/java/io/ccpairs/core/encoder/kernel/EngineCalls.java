package io.ccpairs.core.encoder.kernel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Long calls of the engine, and the end of the process. A process that is told to end takes
 * libtorch's data apart while its threads may still compute on them, and would die of a memory
 * fault. So the end waits for the calls at hand, and a call that comes later waits for the end.
 */
public final class EngineCalls {
  /** Cluster managers kill for good after as long. */
  private static final int END_SECONDS = 30;

  /** Calls share it; the end takes it for good. */
  private static final ReentrantReadWriteLock ALIVE = new ReentrantReadWriteLock();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(EngineCalls::end, "ccpairs-end"));
  }

  private EngineCalls() {}

  private static void end() {
    try {
      if (!ALIVE.writeLock().tryLock(END_SECONDS, TimeUnit.SECONDS)) {
        System.getLogger(EngineCalls.class.getName())
            .log(System.Logger.Level.WARNING, "The process ends amid a call of the engine");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes a call. */
  public static <T> T make(Supplier<T> call) {
    ALIVE.readLock().lock();
    try {
      return call.get();
    } finally {
      ALIVE.readLock().unlock();
    }
  }

  /** Makes a call without a result. */
  public static void run(Runnable call) {
    make(
        () -> {
          call.run();
          return true;
        });
  }
}
