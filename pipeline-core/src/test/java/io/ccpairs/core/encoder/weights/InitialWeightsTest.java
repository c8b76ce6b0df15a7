package io.ccpairs.core.encoder.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.kernel.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class InitialWeightsTest {
  private static final Map<String, Shape> SHAPES = new LinkedHashMap<>();

  static {
    SHAPES.put("embeddings.word_embeddings.weight", new Shape(40_000, 30)); // more than one window
    SHAPES.put("dense.weight", new Shape(7, 3));
    SHAPES.put("dense.bias", new Shape(7));
    SHAPES.put("LayerNorm.weight", new Shape(7));
    SHAPES.put("LayerNorm.bias", new Shape(7));
  }

  @Test
  void matricesAreNormalWithDeviationTwoHundredths() {
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = InitialWeights.of(SHAPES, 2, 1, manager)) {
      float[] words = weights.get("embeddings.word_embeddings.weight").toFloatArray();
      double sum = 0;
      double squares = 0;
      int beyondTwo = 0;
      for (float x : words) {
        sum += x;
        squares += x * x;
        beyondTwo += Math.abs(x) > 0.04 ? 1 : 0;
      }
      assertThat(sum / words.length).isCloseTo(0, Offset.offset(1e-4));
      assertThat(Math.sqrt(squares / words.length)).isCloseTo(0.02, Offset.offset(1e-4));
      assertThat((double) beyondTwo / words.length).isCloseTo(0.0455, Offset.offset(1e-3));
      for (int i = 60; i < 90; i++) {
        assertThat(words[i]).isZero(); // the padding id's row
      }
      assertThat(weights.get("dense.bias").toFloatArray()).containsOnly(0);
      assertThat(weights.get("LayerNorm.weight").toFloatArray()).containsOnly(1);
      assertThat(weights.get("LayerNorm.bias").toFloatArray()).containsOnly(0);
    }
  }

  @Test
  void seedAndNameDecideEveryNumber() {
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict once = InitialWeights.of(SHAPES, 0, 1, manager);
        StateDict again =
            InitialWeights.of(Map.of("dense.weight", new Shape(7, 3)), 0, 1, manager);
        StateDict other = InitialWeights.of(SHAPES, 0, 2, manager)) {
      float[] numbers = once.get("dense.weight").toFloatArray();
      assertThat(again.get("dense.weight").toFloatArray()).isEqualTo(numbers);
      assertThat(other.get("dense.weight").toFloatArray()).isNotEqualTo(numbers);
    }
  }
}
