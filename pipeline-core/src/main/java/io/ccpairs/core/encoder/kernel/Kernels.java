package io.ccpairs.core.encoder.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  private final Script script;

  private Kernels(Script script) {
    this.script = script;
  }

  /** Loads the kernels onto the device of {@code parent}, under which they stay until closed. */
  public static Kernels load(NDManager parent, KernelSettings settings) {
    return new Kernels(Script.load(parent, archive(settings)));
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
    return Script.archive(Kernels.class, "encoder.py", "Encoder", attributes);
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
    Script.list(inputs, "ws", weights);
    NDList fused = script.call("fuse", inputs, false);
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
    NDList inputs = new NDList(Script.plain(ids), Script.plain(runs), Script.plain(mask));
    Script.list(inputs, "fs", fused);
    return script.call("encode", inputs, false).singletonOrThrow();
  }

  /**
   * Embeddings with dropout; where gradients are on for this thread they reach {@code weights}.
   * Dropout follows the engine's random seed.
   *
   * @param weights W arrays in the order of the state dict, float32
   * @return (B, D) float32, rows of unit length
   */
  public NDArray encodeForTraining(NDArray ids, NDArray runs, NDArray mask, List<NDArray> weights) {
    NDList inputs = new NDList(Script.plain(ids), Script.plain(runs), Script.plain(mask));
    Script.list(inputs, "ws", weights);
    return script.call("encode_train", inputs, true).singletonOrThrow();
  }

  @Override
  public void close() {
    script.close();
  }
}
