package io.ccpairs.core.encoder.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.pair.PairId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * The weights of a model before its first step, as BERT begins (Devlin et al. 2019): matrices and
 * embeddings normal with deviation 0.02, biases 0, norms 1. Each number is a function of seed, name
 * and place alone, so every machine begins with the same bits.
 */
public final class InitialWeights {
  private static final double DEVIATION = 0.02;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int WINDOW = 1 << 20; // numbers made at a time; even

  private InitialWeights() {}

  /**
   * New weights.
   *
   * @param shapes names and shapes by the model's configuration
   * @param padId the row of the word table that stays 0
   */
  public static StateDict of(Map<String, Shape> shapes, int padId, long seed, NDManager manager) {
    StateDict weights = new StateDict(manager);
    shapes.forEach(
        (name, shape) -> {
          NDArray array;
          if (name.endsWith("LayerNorm.weight")) {
            array = weights.manager().ones(shape);
          } else if (name.endsWith(".bias")) {
            array = weights.manager().zeros(shape);
          } else {
            array = normal(shape, PairId.draw(name, seed), weights.manager());
            if (name.endsWith("word_embeddings.weight")) {
              try (NDArray row = array.get(padId)) {
                row.muli(0);
              }
            }
          }
          weights.put(name, array);
        });
    return weights;
  }

  private static NDArray normal(Shape shape, long key, NDManager manager) {
    NDArray array = manager.zeros(shape);
    long size = shape.size();
    ByteBuffer window =
        ByteBuffer.allocateDirect((int) Math.min(size, WINDOW) * 4).order(ByteOrder.nativeOrder());
    try (NDManager scope = manager.newSubManager()) {
      NDArray flat = array.reshape(size);
      flat.attach(scope);
      for (long done = 0; done < size; done += WINDOW) {
        int count = (int) Math.min(WINDOW, size - done);
        window.clear().limit(count * 4);
        fill(window.asFloatBuffer(), key, done);
        try (NDArray part = scope.create(window, new Shape(count), DataType.FLOAT32)) {
          flat.set(new NDIndex("{}:{}", done, done + count), part);
        }
      }
    }
    return array;
  }

  /** Pairs of normal numbers from pairs of uniform ones (Box and Muller 1958). */
  private static void fill(FloatBuffer numbers, long key, long begin) {
    for (long at = begin; numbers.hasRemaining(); at += 2) {
      double u = uniform(PairId.mix(key + at * GOLDEN));
      double v = uniform(PairId.mix(key + (at + 1) * GOLDEN));
      double radius = DEVIATION * Math.sqrt(-2 * StrictMath.log(u));
      double angle = 2 * Math.PI * v;
      numbers.put((float) (radius * StrictMath.cos(angle)));
      if (numbers.hasRemaining()) {
        numbers.put((float) (radius * StrictMath.sin(angle)));
      }
    }
  }

  /** Strictly between 0 and 1. */
  private static double uniform(long bits) {
    return ((bits >>> 11) + 0.5) * 0x1p-53;
  }
}
