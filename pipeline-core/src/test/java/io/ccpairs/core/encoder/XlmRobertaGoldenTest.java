package io.ccpairs.core.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.encoder.weights.JsonFile;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A tiny XLM-RoBERTa and what transformers computes with it: docs/checks/golden_xlm_roberta.py. */
class XlmRobertaGoldenTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("ccpairs.root"), "test-resources/models/xlm-roberta-tiny");

  /** One text with the ids and the vector that Hugging Face's libraries give it. */
  private record Golden(Role role, String text, int[] ids, double[] vector) {}

  private static List<Golden> rows() throws IOException {
    List<Golden> rows = new ArrayList<>();
    Object stored = JsonFile.read(FOLDER.resolve("expected.json"), 1 << 20).find("rows");
    for (Object each : (List<?>) Objects.requireNonNull(stored)) {
      Map<?, ?> row = (Map<?, ?>) Objects.requireNonNull(each);
      rows.add(
          new Golden(
              Role.valueOf(String.valueOf(row.get("role")).toUpperCase(Locale.ROOT)),
              String.valueOf(row.get("text")),
              numbers(row.get("ids")).mapToInt(Number::intValue).toArray(),
              numbers(row.get("vector")).mapToDouble(Number::doubleValue).toArray()));
    }
    return rows;
  }

  private static Stream<Number> numbers(@Nullable Object list) {
    return ((List<?>) Objects.requireNonNull(list)).stream().map(Number.class::cast);
  }

  @Test
  void idsAndVectorsAreThoseOfTransformers() throws IOException {
    EncoderOptions options = EncoderOptions.cpu();
    try (TextEncoder encoder = TextEncoder.open(FOLDER, options)) {
      assertThat(encoder.encoder().config().firstPosition()).isEqualTo(2);
      assertThat(encoder.tokenizer().maxTokens()).isEqualTo(40);
      for (Golden golden : rows()) {
        assertThat(encoder.tokenizer().ids(golden.role(), golden.text()))
            .as(golden.text())
            .containsExactly(golden.ids());
        float[] row = encoder.encode(golden.role(), List.of(golden.text())).row(0);
        for (int i = 0; i < row.length; i++) {
          assertThat((double) row[i])
              .as("%s, %d", golden.text(), i)
              .isCloseTo(golden.vector()[i], Offset.offset(1e-5));
        }
      }
    }
  }

  @Test
  void withBertsPositionsTheVectorsWouldBeOthers() throws IOException {
    EncoderConfig xlm = EncoderConfig.read(FOLDER.resolve("config.json"));
    assertThat(xlm.type()).isEqualTo(EncoderConfig.Type.XLM_ROBERTA);
    EncoderConfig bert =
        new EncoderConfig(
            EncoderConfig.Type.BERT,
            xlm.hidden(),
            xlm.layers(),
            xlm.heads(),
            xlm.intermediate(),
            xlm.vocabulary(),
            xlm.positions(),
            xlm.tokenTypes(),
            xlm.normEpsilon(),
            xlm.padId(),
            xlm.dropout(),
            xlm.attentionDropout());
    Golden golden = rows().get(0);
    int[] ids = golden.ids();

    float[] right = Encoders.vectors(FOLDER, xlm, List.of(ids))[0];
    float[] wrong = Encoders.vectors(FOLDER, bert, List.of(ids))[0];

    assertThat((double) right[0]).isCloseTo(golden.vector()[0], Offset.offset(1e-5));
    assertThat(Encoders.largestDifference(right, wrong)).isGreaterThan(0.01);
  }
}
