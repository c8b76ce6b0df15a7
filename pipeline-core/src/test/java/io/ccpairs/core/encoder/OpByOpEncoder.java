package io.ccpairs.core.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.weights.StateDict;

/**
 * The encoder in single operations of {@code NDArray}, one text at a time, after Devlin et al. 2019
 * and the mean pooling of E5: slow, plain, and what the kernels are held to. Letters: T tokens, H
 * width, A heads, W = H / A.
 */
final class OpByOpEncoder {
  private final EncoderConfig config;
  private final StateDict weights;

  OpByOpEncoder(EncoderConfig config, StateDict weights) {
    this.config = config;
    this.weights = weights;
  }

  /** (1, H) of unit length. */
  NDArray encode(int[] ids) {
    NDArray x = embeddings(ids);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "encoder.layer." + layer + ".";
      x = norm(attention(x, at).add(x), at + "attention.output.LayerNorm");
      NDArray wide = gelu(dense(x, at + "intermediate.dense"));
      x = norm(dense(wide, at + "output.dense").add(x), at + "output.LayerNorm");
    }
    NDArray mean = x.mean(new int[] {0}, true);
    return mean.div(mean.square().sum().sqrt());
  }

  private NDArray embeddings(int[] ids) {
    NDArray x = null;
    for (int i = 0; i < ids.length; i++) {
      NDArray row =
          weights
              .get("embeddings.word_embeddings.weight")
              .get(ids[i])
              .add(
                  weights
                      .get("embeddings.position_embeddings.weight")
                      .get(config.firstPosition() + i))
              .add(weights.get("embeddings.token_type_embeddings.weight").get(0))
              .expandDims(0);
      x = x == null ? row : NDArrays.concat(new NDList(x, row), 0);
    }
    if (x == null) {
      throw new IllegalArgumentException("no tokens");
    }
    return norm(x, "embeddings.LayerNorm");
  }

  private NDArray attention(NDArray x, String at) {
    NDArray q = heads(dense(x, at + "attention.self.query"));
    NDArray k = heads(dense(x, at + "attention.self.key"));
    NDArray v = heads(dense(x, at + "attention.self.value"));
    NDArray scores =
        q.matMul(k.transpose(0, 2, 1))
            .div(number(x, Math.sqrt((double) config.hidden() / config.heads())));
    NDArray mixed = scores.softmax(-1).matMul(v).transpose(1, 0, 2); // (T, A, W)
    return dense(
        mixed.reshape(new Shape(x.getShape().get(0), config.hidden())),
        at + "attention.output.dense");
  }

  /** (T, H) to (A, T, W). */
  private NDArray heads(NDArray x) {
    long tokens = x.getShape().get(0);
    return x.reshape(new Shape(tokens, config.heads(), config.hidden() / config.heads()))
        .transpose(1, 0, 2);
  }

  private NDArray dense(NDArray x, String name) {
    return x.matMul(weights.get(name + ".weight").transpose()).add(weights.get(name + ".bias"));
  }

  private NDArray norm(NDArray x, String name) {
    NDArray centred = x.sub(x.mean(new int[] {-1}, true));
    NDArray variance = centred.square().mean(new int[] {-1}, true);
    return centred
        .div(variance.add(number(x, config.normEpsilon())).sqrt())
        .mul(weights.get(name + ".weight"))
        .add(weights.get(name + ".bias"));
  }

  private static NDArray gelu(NDArray x) {
    return x.mul(x.div(number(x, Math.sqrt(2))).erf().add(number(x, 1))).mul(number(x, 0.5));
  }

  /**
   * A number as an array of the engine's own. A plain one lies in Java memory that the graph does
   * not hold: after a garbage collection its backward pass would read something else.
   */
  private static NDArray number(NDArray like, double value) {
    return like.getManager().create((float) value).duplicate();
  }
}
