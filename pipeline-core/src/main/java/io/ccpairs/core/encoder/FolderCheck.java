package io.ccpairs.core.encoder;

import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether a written model computes what the one in memory computes. */
final class FolderCheck {
  private static final double TOLERANCE = 1e-5;
  private static final List<String> TEXTS =
      List.of("how are rivers named", "The Nile flows north.", "Ein Satz über Flüsse, 1869.", "河");

  private FolderCheck() {}

  /**
   * Reads the folder's weights and tokenizer and compares embeddings of a few texts.
   *
   * @param weights those that were written
   * @throws ModelFileException when they differ by more than 1e-5, or are no numbers
   */
  static void sameEmbeddings(ModelFolder written, StateDict weights) throws IOException {
    double difference =
        Torch.withoutGradients(
            () -> {
              try (NDManager scope = weights.manager().newSubManager();
                  StateDict read = written.weights(scope);
                  Tokenizer tokenizer =
                      Tokenizer.open(
                          written.tokenizerFile(),
                          written.config().vocabulary(),
                          written.maxTokens(),
                          written.prefixes())) {
                List<int[]> ids = new ArrayList<>();
                for (String text : TEXTS) {
                  ids.add(tokenizer.ids(Role.QUERY, text));
                  ids.add(tokenizer.ids(Role.PASSAGE, text));
                }
                TokenBatch batch = TokenBatch.packed(ids);
                return largest(
                    vectors(written.config(), read, batch),
                    vectors(written.config(), weights, batch));
              }
            });
    if (!(difference <= TOLERANCE)) {
      throw new ModelFileException(
          "Cannot trust the model written to "
              + written.folder()
              + ": its embeddings differ by "
              + difference
              + " from those of its weights in memory, the limit is "
              + TOLERANCE);
    }
  }

  private static float[] vectors(EncoderConfig config, StateDict weights, TokenBatch batch)
      throws IOException {
    try (Encoder encoder = new Encoder(config, weights, Precision.FLOAT32);
        NDManager scope = weights.manager().newSubManager()) {
      return encoder.encode(scope, batch).toFloatArray();
    }
  }

  /** The largest difference; NaN where there is one. */
  private static double largest(float[] left, float[] right) {
    double largest = 0;
    for (int i = 0; i < left.length; i++) {
      largest = Math.max(largest, Math.abs(left[i] - right[i]));
    }
    return largest;
  }
}
