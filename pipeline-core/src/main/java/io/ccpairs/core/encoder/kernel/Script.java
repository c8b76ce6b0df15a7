package io.ccpairs.core.encoder.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * TorchScript source that lies beside a class, compiled by libtorch: its methods take and give
 * arrays. Results belong to the manager of the first argument. May be shared by threads.
 */
public final class Script implements AutoCloseable {
  private final Model model;
  private final PtSymbolBlock block;
  private final NDManager manager;
  private final Map<String, NDArray> methods = new ConcurrentHashMap<>();

  private Script(Model model, NDManager manager) {
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
    this.manager = manager;
  }

  /**
   * Compiles an archive onto the device of {@code parent}, under which it stays until closed.
   *
   * @param archive of {@link #archive}
   * @throws IllegalStateException when libtorch refuses the source, with its place in it
   */
  public static Script load(NDManager parent, byte[] archive) {
    Torch.start();
    Model model = Model.newInstance("ccpairs-kernels", parent.getDevice(), "PyTorch");
    try {
      model.load(new ByteArrayInputStream(archive));
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("Cannot load the kernels into libtorch", e);
    }
    return new Script(model, parent.newSubManager());
  }

  /**
   * The archive of one object.
   *
   * @param beside the class in whose package the source lies
   * @param file name of the source
   * @param className the class that it defines
   * @param attributes see {@link ScriptArchive#of}
   */
  public static byte[] archive(
      Class<?> beside, String file, String className, Map<String, Object> attributes) {
    try (InputStream in = beside.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("Resource " + file + " is missing from this jar");
      }
      return ScriptArchive.of(new String(in.readAllBytes(), UTF_8), className, attributes);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read resource " + file, e);
    }
  }

  /**
   * Calls a method.
   *
   * @param inputs named by {@link #plain} and {@link #list}
   * @param training whether gradients may flow, where they are on for this thread
   */
  public NDList call(String method, NDList inputs, boolean training) {
    inputs.add(methods.computeIfAbsent(method, this::placeholder));
    return EngineCalls.make(() -> IValueUtils.forward(block, inputs, training));
  }

  /** The engine reads the method's name from an array of this name and does not pass it on. */
  private NDArray placeholder(String method) {
    NDArray array = manager.zeros(new Shape(1));
    array.setName("module_method:" + method);
    return array;
  }

  /** An array as an argument of its own, whatever it was before. */
  public static NDArray plain(NDArray array) {
    array.setName("");
    return array;
  }

  /**
   * Adds arrays that become one argument, a list.
   *
   * @param name unlike those of other lists of the call
   */
  public static void list(NDList inputs, String name, List<NDArray> arrays) {
    for (NDArray array : arrays) {
      array.setName(name + "[]");
      inputs.add(array);
    }
  }

  /** The manager under which the script's own arrays live; use it as a parent only. */
  public NDManager manager() {
    return manager;
  }

  @Override
  public void close() {
    manager.close();
    model.close();
  }
}
