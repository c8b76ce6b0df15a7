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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The compiled kernels. Letters: T tokens of a call, B texts, D dimensions, W weights.
 *
 * <p>Tokens lie packed, text after text. {@code runs} (R, 2) of int64 on the CPU says how: each row
 * is (count, length), that many texts of that length one after another. {@code mask} has no
 * elements, or is boolean (B, L) with one padded run (B, L).
 *
 * <p>Results belong to the manager of the first argument. May be shared by threads.
 */
public final class Kernels implements AutoCloseable {
  private static final String CLASS_NAME = "Encoder";

  private final Model model;
  private final PtSymbolBlock block;
  private final NDManager manager;
  private final Map<String, NDArray> methods = new ConcurrentHashMap<>();

  private Kernels(Model model, NDManager manager) {
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
    this.manager = manager;
  }

  /** Loads the kernels onto the device of {@code parent}, under which they stay until closed. */
  public static Kernels load(NDManager parent, KernelSettings settings) {
    Torch.start();
    Model model = Model.newInstance("ccpairs-kernels", parent.getDevice(), "PyTorch");
    try {
      model.load(new ByteArrayInputStream(archive(settings)));
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("Cannot load the kernels into libtorch", e);
    }
    return new Kernels(model, parent.newSubManager());
  }

  /** The archive that {@link #load} loads; Python's {@code torch.jit.load} opens it as well. */
  public static byte[] archive(KernelSettings settings) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("training", false);
    attributes.put("heads", settings.heads());
    attributes.put("norm_epsilon", settings.normEpsilon());
    attributes.put("first_position", settings.firstPosition());
    attributes.put("compute", settings.precision().scalarType());
    attributes.put("dropout", settings.dropout());
    attributes.put("attention_dropout", settings.attentionDropout());
    return ScriptArchive.of(source(), CLASS_NAME, attributes);
  }

  /**
   * Weights in the form that {@link #encode} takes: query, key and value joined, all in the compute
   * type. Weights that need no change are shared, not copied. Close the result by its arrays.
   *
   * @param weights W arrays in the order of the state dict
   * @param owner where the results live
   */
  public NDList fuse(NDManager owner, List<NDArray> weights) {
    NDList inputs = new NDList();
    add(inputs, "ws[]", weights);
    NDList fused = call("fuse", inputs, false);
    fused.attach(owner);
    return fused;
  }

  /**
   * Embeddings without dropout or gradients.
   *
   * @param ids (T) int64
   * @param runs (R, 2) int64, on the CPU
   * @param mask no elements, or (B, L) boolean
   * @param fused what {@link #fuse} returned
   * @return (B, D) float32, rows of unit length
   */
  public NDArray encode(NDArray ids, NDArray runs, NDArray mask, List<NDArray> fused) {
    NDList inputs = new NDList(plain(ids), plain(runs), plain(mask));
    add(inputs, "fs[]", fused);
    return call("encode", inputs, false).singletonOrThrow();
  }

  /**
   * Embeddings with dropout; where gradients are on for this thread they reach {@code weights}.
   * Dropout follows the engine's random seed.
   *
   * @param weights W arrays in the order of the state dict, float32
   * @return (B, D) float32, rows of unit length
   */
  public NDArray encodeForTraining(NDArray ids, NDArray runs, NDArray mask, List<NDArray> weights) {
    NDList inputs = new NDList(plain(ids), plain(runs), plain(mask));
    add(inputs, "ws[]", weights);
    return call("encode_train", inputs, true).singletonOrThrow();
  }

  @Override
  public void close() {
    manager.close();
    model.close();
  }

  private NDList call(String method, NDList inputs, boolean training) {
    inputs.add(methods.computeIfAbsent(method, this::placeholder));
    return IValueUtils.forward(block, inputs, training);
  }

  /** The engine reads the method's name from an array of this name and does not pass it on. */
  private NDArray placeholder(String method) {
    NDArray array = manager.zeros(new Shape(1));
    array.setName("module_method:" + method);
    return array;
  }

  private static NDArray plain(NDArray array) {
    array.setName("");
    return array;
  }

  /** Arrays of one name that ends in brackets become one list. */
  private static void add(NDList inputs, String name, List<NDArray> arrays) {
    for (NDArray array : arrays) {
      array.setName(name);
      inputs.add(array);
    }
  }

  private static String source() {
    try (InputStream in = Kernels.class.getResourceAsStream("encoder.py")) {
      if (in == null) {
        throw new IllegalStateException("Resource encoder.py is missing from this jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read resource encoder.py", e);
    }
  }
}
