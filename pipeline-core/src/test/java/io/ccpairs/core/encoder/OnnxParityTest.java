package io.ccpairs.core.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real models: their ONNX files under ONNX Runtime, and the folders made of them under ours. */
class OnnxParityTest {
  @ParameterizedTest
  @CsvSource({"E5_SMALL_V2, 12, query: ", "ALL_MINILM_L6_V2, 6, ''"})
  void vectorsAreThoseOfOnnxRuntime(RealModels model, int layers, String prefix)
      throws IOException, OrtException {
    List<String> texts = RealTexts.all();
    List<int[]> ids = new ArrayList<>();
    float[][] ours = new float[texts.size()][];
    try (TextEncoder encoder = TextEncoder.open(model.folder(), EncoderOptions.cpu())) {
      assertThat(encoder.encoder().config()).isEqualTo(EncoderConfig.bert(384, layers, 12, 30522));
      assertThat(encoder.tokenizer().prefixes().query().strip()).isEqualTo(prefix.strip());
      Embeddings rows = encoder.encode(Role.QUERY, texts);
      for (int i = 0; i < ours.length; i++) {
        ours[i] = rows.row(i);
        ids.add(encoder.tokenizer().ids(Role.QUERY, texts.get(i)));
      }
    }
    assertThat(ids.stream().mapToInt(each -> each.length).max().orElse(0)).isEqualTo(512);

    float[][] theirs = OnnxRuntime.vectors(model.onnx(), ids).states();
    double largest = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Encoders.largestDifference(ours[i], theirs[i]));
    }
    System.out.printf("%s: %d texts, largest difference %.1e%n", model, ours.length, largest);
    assertThat(largest).isLessThan(1e-5);
  }

  @Test
  void aWrongNumberOfHeadsWouldBeSeen() throws IOException, OrtException {
    EncoderConfig config = ModelFolder.open(RealModels.ALL_MINILM_L6_V2.folder()).config();
    EncoderConfig wrong =
        EncoderConfig.bert(config.hidden(), config.layers(), 6, config.vocabulary());
    List<int[]> ids = List.of(new int[] {101, 2129, 2024, 5485, 2315, 102});

    float[] theirs = OnnxRuntime.vectors(RealModels.ALL_MINILM_L6_V2.onnx(), ids).states()[0];
    float[] ours = Encoders.vectors(RealModels.ALL_MINILM_L6_V2.folder(), wrong, ids)[0];

    assertThat(Encoders.largestDifference(ours, theirs)).isGreaterThan(1e-3);
  }
}
