package io.ccpairs.core.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.kernel.Script;
import java.util.List;
import java.util.Map;

/**
 * The compiled kernels of training. Letters: B queries of this rank, P passages of all ranks, D
 * dimensions, N distinct texts of this rank. Call them with gradients off for the thread; for one
 * thread.
 */
final class TrainKernels implements AutoCloseable {
  private final Script script;

  /** Of the numbers that kernels read: on the CPU, where reading them does not wait for a GPU. */
  private final NDManager numbers;

  private TrainKernels(Script script) {
    this.script = script;
    this.numbers = script.manager().newSubManager(Device.cpu());
  }

  static TrainKernels load(NDManager parent) {
    Map<String, Object> attributes = Map.of("training", false);
    return new TrainKernels(
        Script.load(parent, Script.archive(TrainKernels.class, "train.py", "Train", attributes)));
  }

  /**
   * Contrastive loss with in-batch negatives and its gradients in closed form (E5, section 4.1).
   * Passage {@code first + i} answers query i; every other passage is a negative for it, unless one
   * of its keys equals the query's in the same column. Rows must have unit length.
   *
   * @param lossSum over the B queries, each between 0 and ln(P) + 2 / temperature
   * @param right queries whose own passage scores above all others
   * @param dQueries (B, D) gradient of the mean over all pairs
   * @param dPassages (P, D) this rank's part of it
   */
  record Loss(double lossSum, double right, NDArray dQueries, NDArray dPassages) {}

  /**
   * Computes {@link Loss}.
   *
   * @param queries (B, D) float32
   * @param passages (P, D) float32
   * @param queryKeys (B, K) int64; −1 equals no key
   * @param passageKeys (P, K) int64
   * @param rowsAtOnce queries whose logits exist at a time
   * @param pairs over which the mean is taken
   */
  Loss infoNce(
      NDArray queries,
      NDArray passages,
      NDArray queryKeys,
      NDArray passageKeys,
      double temperature,
      int rowsAtOnce,
      int first,
      int pairs) {
    double[] hyper = {1 / temperature, rowsAtOnce, first, pairs};
    try (NDArray settings = numbers.create(hyper)) {
      NDList out = call("info_nce", queries, passages, queryKeys, passageKeys, settings);
      try (NDArray sums = out.get(0)) {
        double[] values = sums.toDoubleArray();
        return new Loss(values[0], values[1], out.get(1), out.get(2));
      }
    }
  }

  /** Rows of texts (N, D), one for each of {@code rows} (B) int64: (B, D). */
  NDArray pick(NDArray texts, NDArray rows) {
    return call("pick", texts, rows).singletonOrThrow();
  }

  /** Gradients of picked rows, added up by text: (N, D). */
  NDArray unpick(
      NDArray texts, NDArray queryRows, NDArray dQueries, NDArray passageRows, NDArray dPassages) {
    return call("unpick", texts, queryRows, dQueries, passageRows, dPassages).singletonOrThrow();
  }

  /** Copies arrays one after another into a flat one. */
  void pack(NDArray flat, List<NDArray> arrays) {
    NDList inputs = new NDList(Script.plain(flat));
    Script.list(inputs, "ts", arrays);
    call("pack", inputs).close();
  }

  /** Copies a flat array into others, one after another. */
  void unpack(NDArray flat, List<NDArray> arrays) {
    NDList inputs = new NDList(Script.plain(flat));
    Script.list(inputs, "ts", arrays);
    call("unpack", inputs).close();
  }

  /** The L2 norm of all arrays together. */
  double norm(List<NDArray> arrays) {
    NDList inputs = new NDList();
    Script.list(inputs, "ts", arrays);
    try (NDList norm = call("norm_of_all", inputs)) {
      return norm.singletonOrThrow().getFloat();
    }
  }

  /**
   * One AdamW step in place over lists of arrays of equal shapes, with torch's semantics.
   *
   * @param step counts from 1
   * @param weightDecay decoupled: a weight loses learningRate · weightDecay of itself
   * @param divisor what gradients are divided by first, in place
   */
  void adamW(
      TrainConfig config,
      double learningRate,
      double weightDecay,
      long step,
      double divisor,
      List<NDArray> weights,
      List<NDArray> gradients,
      List<NDArray> firstMoments,
      List<NDArray> secondMoments) {
    double[] hyper = {
      learningRate, config.beta1(), config.beta2(), config.epsilon(), weightDecay, step, divisor
    };
    try (NDArray settings = numbers.create(hyper)) {
      NDList inputs = new NDList(Script.plain(settings));
      Script.list(inputs, "ws", weights);
      Script.list(inputs, "gs", gradients);
      Script.list(inputs, "ms", firstMoments);
      Script.list(inputs, "vs", secondMoments);
      call("adamw", inputs).close();
    }
  }

  /** Copies arrays into others of the same shapes. */
  void copy(List<NDArray> to, List<NDArray> from) {
    NDList inputs = new NDList();
    Script.list(inputs, "to", to);
    Script.list(inputs, "ts", from);
    call("copy", inputs).close();
  }

  /** Sets arrays to 0. */
  void zero(List<NDArray> arrays) {
    NDList inputs = new NDList();
    Script.list(inputs, "ts", arrays);
    call("zero", inputs).close();
  }

  private NDList call(String method, NDArray... arguments) {
    NDList inputs = new NDList();
    for (NDArray argument : arguments) {
      inputs.add(Script.plain(argument));
    }
    return call(method, inputs);
  }

  private NDList call(String method, NDList inputs) {
    return script.call(method, inputs, true);
  }

  @Override
  public void close() {
    script.close();
  }
}
