package io.ccpairs.core.encoder.kernel;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;

/**
 * The one place that starts the native engine. Settings below are read once, when the engine's
 * libraries load, so nothing else in the system may touch DJL before {@link #start()}.
 */
public final class Torch {
  private Torch() {}

  /**
   * Starts the engine, or returns at once if it runs: never downloads, and runs TorchScript as
   * written, because specialising it for each new shape costs more than it gains. System properties
   * set by the user win.
   *
   * @throws IllegalStateException when the native libraries are missing or of another version,
   *     saying how to supply them
   */
  public static void start() {
    unlessSet("ai.djl.offline", "true");
    unlessSet("ai.djl.pytorch.graph_optimizer", "false");
    try {
      Engine.getEngine("PyTorch");
    } catch (EngineException | LinkageError | IllegalStateException e) {
      throw new IllegalStateException(
          "Cannot start PyTorch's native engine: "
              + e.getMessage()
              + ". Put ai.djl.pytorch:pytorch-native-cpu:2.7.1 for this platform on the class path,"
              + " or set PYTORCH_LIBRARY_PATH to the lib folder of libtorch 2.7.1, with"
              + " PYTORCH_VERSION=2.7.1 and PYTORCH_FLAVOR=cpu or cu128",
          e);
    }
  }

  /** A manager of its own arrays on a device; the caller closes it. */
  public static NDManager manager(Device device) {
    start();
    return NDManager.newBaseManager(device, "PyTorch");
  }

  /**
   * Makes the calling thread ready to compute embeddings: no gradients, scripts as written. Both
   * settings belong to a thread, and a new thread has gradients on, which would hold every
   * activation.
   */
  public static void inferOnThisThread() {
    start();
    JniUtils.setGradMode(false);
    JniUtils.setGraphExecutorOptimize(false);
  }

  /** Work that may fail to read a file. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** Does work with gradients off for this thread, and puts them back as they were. */
  public static <T> T withoutGradients(Work<T> work) throws IOException {
    start();
    boolean on = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
    try {
      return work.run();
    } finally {
      JniUtils.setGradMode(on);
    }
  }

  /**
   * How many threads one operation may use, for the whole process; call it on the computing thread.
   */
  public static void threads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "Cannot compute with " + threads + " threads: at least 1 is needed");
    }
    start();
    JniUtils.setNumThreads(threads);
  }

  private static void unlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
