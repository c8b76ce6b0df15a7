package io.ccpairs.core.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.InitialWeights;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels against an encoder in single operations, and against themselves. */
class EncoderTest {
  private static final EncoderConfig CONFIG =
      new EncoderConfig(EncoderConfig.Type.BERT, 32, 2, 4, 64, 60, 40, 2, 1e-12, 0, 0, 0);

  private NDManager manager;
  private StateDict weights;

  @BeforeEach
  void begin() {
    manager = Torch.manager(Device.cpu());
    weights = weights(CONFIG);
  }

  @AfterEach
  void end() {
    manager.close();
  }

  /** Weights far from their usual beginning: there attention is nearly even and biases are 0. */
  private StateDict weights(EncoderConfig config) {
    StateDict made = InitialWeights.of(config.parameters(), config.padId(), 3, manager);
    int i = 0;
    for (NDArray array : made.arrays()) {
      array.muli(array.getShape().dimension() == 2 ? 12 : 1);
      array.addi(array.getShape().dimension() == 1 ? 0.1f + 0.01f * i : 0);
      i++;
    }
    return made;
  }

  private static List<int[]> texts() {
    List<int[]> texts = new ArrayList<>();
    for (int length : new int[] {5, 2, 38, 5, 11, 3, 11, 38}) {
      int[] ids = new int[length];
      for (int i = 0; i < length; i++) {
        ids[i] = 1 + (int) Math.floorMod(PairId.draw(texts.size() + "," + i, 5), 59L);
      }
      texts.add(ids);
    }
    return texts;
  }

  @ParameterizedTest
  @EnumSource
  void theKernelsComputeWhatSingleOperationsCompute(EncoderConfig.Type type) throws IOException {
    EncoderConfig config = new EncoderConfig(type, 32, 2, 4, 64, 60, 41, 2, 1e-5, 1, 0.1, 0.1);
    try (StateDict own = weights(config)) {
      float[][] ours = Encoders.vectors(config, own, Precision.FLOAT32, TokenBatch.packed(texts()));
      OpByOpEncoder plain = new OpByOpEncoder(config, own);
      for (int i = 0; i < ours.length; i++) {
        float[] row = plain.encode(texts().get(i)).toFloatArray();
        assertThat(Encoders.largestDifference(ours[i], row)).isLessThan(1e-5);
      }
      assertThat(Encoders.largestDifference(ours[0], ours[3])).isGreaterThan(0.01);
    }
  }

  @Test
  void packedPaddedAndOneByOneAreTheSameVectors() throws IOException {
    float[][] packed =
        Encoders.vectors(CONFIG, weights, Precision.FLOAT32, TokenBatch.packed(texts()));
    float[][] padded =
        Encoders.vectors(CONFIG, weights, Precision.FLOAT32, TokenBatch.padded(texts(), 0));

    for (int i = 0; i < packed.length; i++) {
      TokenBatch alone = TokenBatch.packed(List.of(texts().get(i)));
      float[] single = Encoders.vectors(CONFIG, weights, Precision.FLOAT32, alone)[0];
      assertThat(Encoders.largestDifference(packed[i], single)).isLessThan(2e-6);
      assertThat(Encoders.largestDifference(padded[i], single)).isLessThan(2e-6);
      double length = 0;
      for (float x : single) {
        length += x * x;
      }
      assertThat(length).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
    }
  }

  @Test
  void paddingThatIsNotMaskedWouldChangeTheVectors() throws IOException {
    TokenBatch padded = TokenBatch.padded(texts(), 0);
    TokenBatch unmasked = new TokenBatch(padded.ids(), padded.runs(), new boolean[0]);

    float[][] right = Encoders.vectors(CONFIG, weights, Precision.FLOAT32, padded);
    float[][] wrong = Encoders.vectors(CONFIG, weights, Precision.FLOAT32, unmasked);

    assertThat(Encoders.largestDifference(right[0], wrong[0])).isGreaterThan(1e-3);
    assertThat(Encoders.largestDifference(right[2], wrong[2])).isLessThan(1e-6);
  }

  @Test
  void gradientsOfTheKernelsAreThoseOfSingleOperations() throws IOException {
    Torch.inferOnThisThread();
    JniUtils.setGradMode(true);
    try (Encoder encoder = new Encoder(CONFIG, weights, Precision.FLOAT32)) {
      weights.arrays().forEach(array -> array.setRequiresGradient(true));
      NDArray upstream = upstream(texts().size());

      NDArray rows = encoder.encodeForTraining(manager, TokenBatch.packed(texts()));
      Map<String, float[]> ours = gradients(rows, upstream);
      NDArray padded = encoder.encodeForTraining(manager, TokenBatch.padded(texts(), 0));
      Map<String, float[]> ofPadded = gradients(padded, upstream);

      OpByOpEncoder plain = new OpByOpEncoder(CONFIG, weights);
      NDList each = new NDList();
      texts().forEach(text -> each.add(plain.encode(text)));
      Map<String, float[]> expected = gradients(NDArrays.concat(each, 0), upstream);

      assertThat(ours.keySet()).isEqualTo(CONFIG.parameters().keySet());
      for (String name : ours.keySet()) {
        if (name.endsWith("self.key.bias")) {
          continue; // adds the same to all scores of a row: its gradient is zero but for rounding
        }
        assertThat(Encoders.relativeDifference(of(name, ours), of(name, expected)))
            .as(name)
            .isLessThan(1e-4);
        assertThat(Encoders.relativeDifference(of(name, ofPadded), of(name, expected)))
            .as("padded, " + name)
            .isLessThan(1e-4);
      }
    } finally {
      Torch.inferOnThisThread();
    }
  }

  private static float[] of(String name, Map<String, float[]> gradients) {
    return Objects.requireNonNull(gradients.get(name));
  }

  private NDArray upstream(int rows) {
    float[] numbers = new float[rows * CONFIG.hidden()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Math.floorMod(PairId.draw("g" + i, 9), 2001L) / 1000f - 1;
    }
    return manager.create(numbers, new Shape(rows, CONFIG.hidden()));
  }

  private Map<String, float[]> gradients(NDArray rows, NDArray upstream) {
    JniUtils.backward((PtNDArray) rows, (PtNDArray) upstream, false, false);
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (String name : weights.names()) {
      try (NDArray gradient = weights.get(name).getGradient()) {
        gradients.put(name, gradient.toFloatArray());
        gradient.muli(0);
      }
    }
    return gradients;
  }

  @Test
  void dropoutFollowsTheSeedAndIsOffWhereNothingIsTrained() throws IOException {
    EncoderConfig config =
        new EncoderConfig(EncoderConfig.Type.BERT, 32, 2, 4, 64, 60, 40, 2, 1e-12, 0, 0.1, 0.1);
    TokenBatch batch = TokenBatch.packed(texts());
    Torch.inferOnThisThread();
    try (Encoder encoder = new Encoder(config, weights, Precision.FLOAT32)) {
      Engine.getEngine("PyTorch").setRandomSeed(4);
      float[] first = encoder.encodeForTraining(manager, batch).toFloatArray();
      float[] other = encoder.encodeForTraining(manager, batch).toFloatArray();
      Engine.getEngine("PyTorch").setRandomSeed(4);
      float[] again = encoder.encodeForTraining(manager, batch).toFloatArray();
      float[] plain = encoder.encode(manager, batch).toFloatArray();

      assertThat(again).isEqualTo(first);
      assertThat(Encoders.largestDifference(first, other)).isGreaterThan(1e-3);
      assertThat(encoder.encode(manager, batch).toFloatArray()).isEqualTo(plain);
    }
  }

  /**
   * Word embeddings are turned into ones and no layer adds anything, so a text of one token becomes
   * a vector of two values: a low one where dropout struck.
   */
  @Test
  void aTenthOfTheValuesIsDroppedAndTheOthersAreKeptAlike() throws IOException {
    EncoderConfig config =
        new EncoderConfig(EncoderConfig.Type.BERT, 32, 2, 4, 64, 60, 40, 2, 1e-12, 0, 0.1, 0);
    List<int[]> tokens = Collections.nCopies(500, new int[] {7});
    Torch.inferOnThisThread();
    try (StateDict ones = InitialWeights.of(config.parameters(), 0, 3, manager);
        Encoder encoder = new Encoder(config, ones, Precision.FLOAT32)) {
      ones.get("embeddings.LayerNorm.weight").muli(0);
      ones.get("embeddings.LayerNorm.bias").muli(0).addi(1);
      for (int layer = 0; layer < config.layers(); layer++) {
        ones.get("encoder.layer." + layer + ".attention.output.dense.weight").muli(0);
        ones.get("encoder.layer." + layer + ".output.dense.weight").muli(0);
      }
      Engine.getEngine("PyTorch").setRandomSeed(4);
      NDArray rows = encoder.encodeForTraining(manager, TokenBatch.packed(tokens));
      double dropped = 0;
      for (int row = 0; row < tokens.size(); row++) {
        float[] values = rows.get(row).toFloatArray();
        int low = 0;
        for (float value : values) {
          low += value < 0 ? 1 : 0;
        }
        // Where nothing is dropped all values are one, and its sign is chance.
        dropped += low == values.length ? 0 : (double) low / (values.length * tokens.size());
      }
      assertThat(dropped).isCloseTo(0.1, Offset.offset(4 * Math.sqrt(0.09 / 16_000)));
    }
  }

  /** Dropout may not shift what a layer gives on average. */
  @Test
  void droppedAttentionIsRightOnAverage() throws IOException {
    EncoderConfig config =
        new EncoderConfig(EncoderConfig.Type.BERT, 32, 1, 4, 64, 60, 40, 2, 1e-12, 0, 0, 0.3);
    int[] text = {5, 9, 13, 17, 21, 25};
    List<int[]> copies = Collections.nCopies(2_000, text);
    Torch.inferOnThisThread();
    try (StateDict some = InitialWeights.of(config.parameters(), 0, 3, manager);
        Encoder encoder = new Encoder(config, some, Precision.FLOAT32)) {
      // Attention alone speaks: its output is large beside what it is added to, and norms are
      // small.
      some.get("encoder.layer.0.attention.self.value.weight").muli(20);
      Engine.getEngine("PyTorch").setRandomSeed(4);
      NDArray mean =
          encoder.encodeForTraining(manager, TokenBatch.packed(copies)).mean(new int[] {0});
      NDArray one = encoder.encodeForTraining(manager, TokenBatch.packed(List.of(text))).get(0);
      NDArray plain = encoder.encode(manager, TokenBatch.packed(List.of(text))).get(0);
      assertThat(distance(one, plain)).isGreaterThan(5 * distance(mean, plain));
      assertThat(distance(mean, plain)).isLessThan(0.02);
    }
  }

  private static double distance(NDArray a, NDArray b) {
    return a.sub(b).norm().getFloat();
  }

  @Test
  void bfloat16IsNearFloat32() throws IOException {
    List<int[]> few = texts().subList(0, 3);
    StateDict usual = InitialWeights.of(CONFIG.parameters(), 0, 3, manager);
    usual.arrays().forEach(array -> array.muli(array.getShape().dimension() == 2 ? 4 : 1));
    float[][] exact = Encoders.vectors(CONFIG, usual, Precision.FLOAT32, TokenBatch.packed(few));
    float[][] half = Encoders.vectors(CONFIG, usual, Precision.BFLOAT16, TokenBatch.padded(few, 0));

    for (int i = 0; i < few.size(); i++) {
      double cosine = 0;
      for (int j = 0; j < exact[i].length; j++) {
        cosine += (double) exact[i][j] * half[i][j];
      }
      assertThat(cosine).isBetween(0.999, 1.000001);
      assertThat(Encoders.largestDifference(exact[i], half[i])).isGreaterThan(1e-5);
    }
  }

  @Test
  void changedWeightsCountOnceTheEncoderIsTold() throws IOException {
    Torch.inferOnThisThread();
    TokenBatch batch = TokenBatch.packed(texts());
    try (Encoder encoder = new Encoder(CONFIG, weights, Precision.FLOAT32)) {
      float[] before = encoder.encode(manager, batch).toFloatArray();
      weights.get("encoder.layer.0.attention.self.query.weight").muli(2);
      encoder.weightsChanged();
      assertThat(encoder.encode(manager, batch).toFloatArray()).isNotEqualTo(before);
    }
  }

  @Test
  void weightsOfAnotherShapeAreRefusedByName() {
    assertThatThrownBy(() -> new Encoder(CONFIG.withVocabulary(61), weights, Precision.FLOAT32))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("tensor embeddings.word_embeddings.weight has shape (60, 32)")
        .hasMessageContaining("(61, 32)");
  }

  @Test
  void noArrayIsLeftBehindByACall() throws IOException {
    Torch.inferOnThisThread();
    try (Encoder encoder = new Encoder(CONFIG, weights, Precision.FLOAT32)) {
      encoder.encode(manager, TokenBatch.packed(texts())).close();
      encoder.encodeForTraining(manager, TokenBatch.padded(texts(), 0)).close();
      int before = count(); // a kernel's name is kept from its first call on
      for (int i = 0; i < 10; i++) {
        encoder.encode(manager, TokenBatch.packed(texts())).close();
        encoder.encodeForTraining(manager, TokenBatch.padded(texts(), 0)).close();
      }
      assertThat(count()).isEqualTo(before);
    }
  }

  private int count() {
    return manager.getManagedArrays().size() + weights.manager().getManagedArrays().size();
  }
}
