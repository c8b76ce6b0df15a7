package io.ccpairs.core.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ccpairs.core.encoder.Embeddings;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BitextScoresTest {
  /** Unit vectors in the plane at these angles, in degrees. */
  private static Embeddings angles(double... degrees) {
    float[] values = new float[2 * degrees.length];
    for (int i = 0; i < degrees.length; i++) {
      values[2 * i] = (float) Math.cos(Math.toRadians(degrees[i]));
      values[2 * i + 1] = (float) Math.sin(Math.toRadians(degrees[i]));
    }
    return new Embeddings(2, values);
  }

  /** Sources 0 and 1 both lie nearest to target 0; source 2 meets its own, 3 another's. */
  @Test
  void nearestTargetsAreClassesWeightedByTheirNumber() throws IOException {
    BitextScores scores =
        BitextScores.of(angles(0, 9, 60, 88), angles(1, 30, 62, 120), new int[] {0, 1, 2, 3});
    assertThat(scores.nearest()).containsExactly(0, 0, 2, 2);
    Map<String, Double> values = scores.values();
    assertThat(values.get("accuracy")).isEqualTo(0.5);
    assertThat(values.get("recall")).isEqualTo(0.5);
    // Targets 0 and 2 are each named twice, once rightly: precision 1/2, F1 2/3; of four classes.
    assertThat(values.get("precision")).isEqualTo(0.25);
    assertThat(values.get("f1")).isCloseTo((2.0 / 3 + 2.0 / 3) / 4, within(1e-12));
  }

  /** Target 0 is near everything; the margin discounts it. */
  @Test
  void theMarginTakesHubsBack() throws IOException {
    float[] source = new float[5 * 6];
    float[] target = new float[5 * 6];
    for (int i = 0; i < 5; i++) {
      source[6 * i + i] = 0.7f;
      source[6 * i + 5] = (float) Math.sqrt(1 - 0.49);
      target[6 * i + i] = 0.95f;
      target[6 * i + 5] = (float) Math.sqrt(1 - 0.95 * 0.95);
    }
    java.util.Arrays.fill(target, 0, 6, 0);
    target[0] = 0.3f;
    target[5] = (float) Math.sqrt(1 - 0.09);
    source[6 * 4 + 4] = 0.5f;
    source[6 * 4 + 5] = (float) Math.sqrt(1 - 0.25);
    BitextScores scores =
        BitextScores.of(
            new Embeddings(6, source), new Embeddings(6, target), new int[] {0, 1, 2, 3, 4});
    assertThat(scores.nearest()).containsExactly(0, 1, 2, 3, 0);
    assertThat(scores.nearestByMargin()).containsExactly(0, 1, 2, 3, 4);
    assertThat(scores.values().get("margin_f1")).isEqualTo(1);
    assertThat(scores.values().get("f1")).isLessThan(1);
  }

  @Test
  void miningCountsSentencesThatHaveNoTranslation() throws IOException {
    // Source 2 has no translation; its nearest is taken by source 1, and its pair scores lowest.
    BitextScores scores = BitextScores.of(angles(0, 40, 80), angles(1, 42), new int[] {0, 1, -1});
    assertThat(scores.values().get("mined_f1")).isEqualTo(1);
    assertThat(scores.values().get("accuracy")).isEqualTo(1);
    BitextScores wrong = BitextScores.of(angles(0, 40, 80), angles(1, 42), new int[] {1, 0, -1});
    assertThat(wrong.values().get("mined_f1")).isZero();
  }
}
