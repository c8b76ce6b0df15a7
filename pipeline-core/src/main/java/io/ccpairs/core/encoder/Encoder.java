package io.ccpairs.core.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.kernel.Kernels;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.StateDict;
import org.jspecify.annotations.Nullable;

/**
 * Token ids to unit vectors: weights under compiled kernels. Letters: B texts, D dimensions.
 *
 * <p>Computes on the calling thread, whose gradient mode decides whether the graph is kept; see
 * {@link io.ccpairs.core.encoder.kernel.Torch}. Inference may run on several threads at once.
 */
public final class Encoder implements AutoCloseable {
  private final EncoderConfig config;
  private final StateDict weights;
  private final Kernels kernels;
  private final NDManager manager;
  private @Nullable NDList fused;

  /**
   * An encoder over weights that stay the caller's and must outlive it.
   *
   * @throws ModelFileException when the weights are not those of {@code config}
   */
  public Encoder(EncoderConfig config, StateDict weights, Precision precision)
      throws ModelFileException {
    weights.check(config.parameters(), "these weights");
    this.config = config;
    this.weights = weights;
    this.manager = weights.manager().newSubManager();
    this.kernels = Kernels.load(manager, config.kernelSettings(precision));
  }

  /**
   * Embeddings without dropout. Call it with gradients off for this thread.
   *
   * @param scope where the result and all between live
   * @return (B, D) float32, rows of unit length
   */
  public NDArray encode(NDManager scope, TokenBatch batch) {
    NDList ready = fused();
    try (NDManager inputs = scope.newSubManager()) {
      NDArray vectors =
          kernels.encode(ids(inputs, batch), runs(inputs, batch), mask(inputs, batch), ready);
      vectors.attach(scope);
      return vectors;
    }
  }

  /**
   * Embeddings with dropout, from the weights as they are now; where gradients are on for this
   * thread they reach the weights. Dropout follows the engine's random seed: seed it before the
   * call to get the same embeddings again.
   *
   * <p>The graph keeps ids and mask until the backward pass. An array made from Java's memory would
   * not live that long, as the graph does not hold Java's buffer; so these are copies of the
   * engine's own.
   *
   * @param scope where the result lives
   * @return (B, D) float32, rows of unit length
   */
  public NDArray encodeForTraining(NDManager scope, TokenBatch batch) {
    try (NDManager inputs = scope.newSubManager()) {
      NDArray vectors =
          kernels.encodeForTraining(
              ids(inputs, batch).duplicate(),
              runs(inputs, batch),
              mask(inputs, batch).duplicate(),
              weights.arrays());
      vectors.attach(scope);
      return vectors;
    }
  }

  /** Tells the encoder that the weights have changed since it last encoded without gradients. */
  public synchronized void weightsChanged() {
    if (fused != null) {
      fused.close();
      fused = null;
    }
  }

  /** The shape of this encoder. */
  public EncoderConfig config() {
    return config;
  }

  /** The weights under this encoder. */
  public StateDict weights() {
    return weights;
  }

  /** The compiled kernels. */
  public Kernels kernels() {
    return kernels;
  }

  /** D. */
  public int dimensions() {
    return config.hidden();
  }

  private synchronized NDList fused() {
    if (fused == null) {
      fused = kernels.fuse(manager, weights.arrays());
    }
    return fused;
  }

  private static NDArray ids(NDManager inputs, TokenBatch batch) {
    return inputs.create(batch.ids());
  }

  /** On the CPU wherever the rest lies: the kernels loop over it. */
  private static NDArray runs(NDManager inputs, TokenBatch batch) {
    NDArray runs =
        inputs
            .newSubManager(ai.djl.Device.cpu())
            .create(batch.runs(), new Shape(batch.runs().length / 2, 2));
    return runs;
  }

  private static NDArray mask(NDManager inputs, TokenBatch batch) {
    if (batch.mask().length == 0) {
      return inputs.create(new boolean[0]);
    }
    return inputs.create(batch.mask(), new Shape(batch.runs()[0], batch.runs()[1]));
  }

  @Override
  public void close() {
    kernels.close();
    manager.close();
  }
}
