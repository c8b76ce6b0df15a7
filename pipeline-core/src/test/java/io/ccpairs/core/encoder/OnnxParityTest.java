package io.ccpairs.core.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real models: their ONNX files under ONNX Runtime, and the folders made of them under ours. */
class OnnxParityTest {
  private static final int BATCH = 16;

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

    float[][] theirs = onnxRuntime(model, ids);
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

    float[] theirs = onnxRuntime(RealModels.ALL_MINILM_L6_V2, ids)[0];
    float[] ours = Encoders.vectors(RealModels.ALL_MINILM_L6_V2.folder(), wrong, ids)[0];

    assertThat(Encoders.largestDifference(ours, theirs)).isGreaterThan(1e-3);
  }

  private static float[][] onnxRuntime(RealModels model, List<int[]> ids) throws OrtException {
    float[][] vectors = new float[ids.size()][];
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < vectors.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingInt(i -> ids.get(i).length));
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(model.onnx().toString(), options)) {
      for (int begin = 0; begin < order.size(); begin += BATCH) {
        List<Integer> batch = order.subList(begin, Math.min(order.size(), begin + BATCH));
        int longest = ids.get(batch.get(batch.size() - 1)).length;
        long[][] tokens = new long[batch.size()][longest];
        long[][] mask = new long[batch.size()][longest];
        for (int row = 0; row < tokens.length; row++) {
          int[] text = ids.get(batch.get(row));
          for (int i = 0; i < text.length; i++) {
            tokens[row][i] = text[i];
            mask[row][i] = 1;
          }
        }
        try (OnnxTensor inputIds = OnnxTensor.createTensor(environment, tokens);
            OnnxTensor attention = OnnxTensor.createTensor(environment, mask);
            OnnxTensor types =
                OnnxTensor.createTensor(environment, new long[batch.size()][longest]);
            OrtSession.Result result =
                session.run(
                    Map.of(
                        "input_ids",
                        inputIds,
                        "attention_mask",
                        attention,
                        "token_type_ids",
                        types))) {
          float[][][] states = (float[][][]) result.get(0).getValue();
          for (int row = 0; row < tokens.length; row++) {
            vectors[batch.get(row)] = pooled(states[row], ids.get(batch.get(row)).length);
          }
        }
      }
    }
    return vectors;
  }

  /** The mean over the first tokens, at unit length, in double precision. */
  private static float[] pooled(float[][] states, int tokens) {
    double[] mean = new double[states[0].length];
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += states[token][i];
      }
    }
    double length = 0;
    for (double x : mean) {
      length += x * x;
    }
    float[] unit = new float[mean.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (mean[i] / Math.sqrt(length));
    }
    return unit;
  }
}
