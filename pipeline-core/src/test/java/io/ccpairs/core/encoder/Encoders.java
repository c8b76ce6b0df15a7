package io.ccpairs.core.encoder;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.encoder.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Vectors of token ids, for tests that look below {@link TextEncoder}. */
final class Encoders {
  private Encoders() {}

  /** Vectors under a folder's weights, all texts in one packed batch. */
  static float[][] vectors(Path folder, EncoderConfig config, List<int[]> texts)
      throws IOException {
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = WeightFiles.read(folder, config.parameters(), manager)) {
      return vectors(config, weights, Precision.FLOAT32, TokenBatch.packed(texts));
    }
  }

  /** Vectors of one batch. */
  static float[][] vectors(
      EncoderConfig config, StateDict weights, Precision precision, TokenBatch batch)
      throws IOException {
    Torch.inferOnThisThread();
    try (Encoder encoder = new Encoder(config, weights, precision);
        NDManager scope = weights.manager().newSubManager()) {
      return rows(encoder.encode(scope, batch));
    }
  }

  /** The rows of a matrix. */
  static float[][] rows(NDArray matrix) {
    float[] values = matrix.toFloatArray();
    int width = (int) matrix.getShape().get(1);
    float[][] rows = new float[values.length / width][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
    }
    return rows;
  }

  /** The largest difference of two numbers at one place. */
  static double largestDifference(float[] left, float[] right) {
    double largest = 0;
    for (int i = 0; i < left.length; i++) {
      largest = Math.max(largest, Math.abs((double) left[i] - right[i]));
    }
    return largest;
  }

  /** The length of the difference over the length of {@code right}. */
  static double relativeDifference(float[] left, float[] right) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < left.length; i++) {
      difference += Math.pow((double) left[i] - right[i], 2);
      length += Math.pow(right[i], 2);
    }
    return Math.sqrt(difference / length);
  }
}
