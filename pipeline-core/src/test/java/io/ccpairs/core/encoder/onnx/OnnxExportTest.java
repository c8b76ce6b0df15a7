package io.ccpairs.core.encoder.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OrtException;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.EncoderOptions;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.ModelImport;
import io.ccpairs.core.encoder.OnnxRuntime;
import io.ccpairs.core.encoder.RealModels;
import io.ccpairs.core.encoder.RealTexts;
import io.ccpairs.core.encoder.SmallModel;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported graphs under ONNX Runtime, beside the folders they were made of under our kernels. */
class OnnxExportTest {
  private static final Path XLM_ROBERTA =
      Path.of(System.getProperty("ccpairs.root"), "test-resources/models/xlm-roberta-tiny");

  @TempDir private Path folder;

  /** The largest difference of a number of a vector, over texts of several lengths in one batch. */
  private static double difference(Path model, Path onnx, List<String> texts)
      throws IOException, OrtException {
    List<int[]> ids = new ArrayList<>();
    try (TextEncoder encoder = TextEncoder.open(model, EncoderOptions.cpu())) {
      for (String text : texts) {
        ids.add(encoder.tokenizer().ids(Role.QUERY, text));
      }
      OnnxRuntime.Vectors theirs = OnnxRuntime.vectors(onnx, ids);
      Embeddings ours = encoder.encode(Role.QUERY, texts);
      double largest = 0;
      for (int row = 0; row < texts.size(); row++) {
        for (int i = 0; i < ours.row(row).length; i++) {
          float mine = ours.row(row)[i];
          largest = Math.max(largest, Math.abs(mine - theirs.own()[row][i]));
          largest = Math.max(largest, Math.abs(mine - theirs.states()[row][i]));
        }
      }
      return largest;
    }
  }

  @Test
  void aRandomBertHasTheSameVectors() throws IOException, OrtException {
    ModelFolder model = SmallModel.write(folder.resolve("tiny"), 1);
    Path onnx = folder.resolve("out/model.onnx");
    OnnxExport.write(model, onnx);

    assertThat(difference(model.folder(), onnx, SmallModel.TEXTS)).isLessThan(1e-5);
    try (var files = Files.list(folder.resolve("out"))) {
      assertThat(files).containsExactly(onnx);
    }
    ModelFolder other = SmallModel.write(folder.resolve("other"), 2);
    assertThat(difference(other.folder(), onnx, SmallModel.TEXTS)).isGreaterThan(0.01);
  }

  @Test
  void anXlmRobertaHasTheSameVectorsThoughItsPositionsBeginAfterThePadding()
      throws IOException, OrtException {
    Path onnx = folder.resolve("model.onnx");
    OnnxExport.write(ModelFolder.open(XLM_ROBERTA), onnx);

    List<String> texts = List.of("river", "Where does the river flow to?", "rivers flow", "");
    assertThat(difference(XLM_ROBERTA, onnx, texts)).isLessThan(1e-5);
  }

  @Test
  void theRealE5SmallHasTheSameVectorsAndComesBackFromItsOwnExport()
      throws IOException, OrtException {
    ModelFolder model = ModelFolder.open(RealModels.E5_SMALL_V2.folder());
    Path onnx = folder.resolve("e5-small-v2.onnx");
    OnnxExport.write(model, onnx);

    List<String> all = RealTexts.all();
    List<String> texts =
        IntStream.range(0, all.size()).filter(i -> i % 10 == 0).mapToObj(all::get).toList();
    double largest = difference(model.folder(), onnx, texts);
    System.out.printf("export, %d texts: largest difference %.1e%n", texts.size(), largest);
    assertThat(largest).isLessThan(1e-5);

    ModelFolder back =
        ModelImport.onnx(
            onnx, model.tokenizerFile(), folder.resolve("back"), ModelImport.Wishes.NONE);
    assertThat(back.config()).isEqualTo(model.config());
    assertThat(back.prefixes()).isEqualTo(model.prefixes());
    assertThat(folder.resolve("back/model.safetensors"))
        .hasSameBinaryContentAs(model.folder().resolve("model.safetensors"));
  }

  @Test
  void weightsThatWouldMakeTheFileTooLargeLieBesideIt() throws IOException, OrtException {
    ModelFolder model = SmallModel.write(folder.resolve("tiny"), 1);
    Path onnx = folder.resolve("large.onnx");
    OnnxExport.write(model, onnx, 50_000);

    assertThat(onnx).satisfies(file -> assertThat(Files.size(file)).isLessThan(50_000));
    assertThat(folder.resolve("large.onnx_data")).hasSize(4 * model.config().size());
    assertThat(difference(model.folder(), onnx, SmallModel.TEXTS)).isLessThan(1e-5);
    assertThatThrownBy(
            () ->
                ModelImport.onnx(
                    onnx, model.tokenizerFile(), folder.resolve("x"), ModelImport.Wishes.NONE))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("embeddings.word_embeddings.weight lie in another file");
  }

  @Test
  void aFileThatExistsIsNotTouched() throws IOException {
    ModelFolder model = SmallModel.write(folder.resolve("tiny"), 1);
    Path onnx = Files.writeString(folder.resolve("model.onnx"), "mine");

    assertThatThrownBy(() -> OnnxExport.write(model, onnx))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("it exists");
    assertThat(onnx).hasContent("mine");
  }

  @Test
  void oneModelGivesOneFile() throws IOException {
    ModelFolder model = SmallModel.write(folder.resolve("tiny"), 1);
    OnnxExport.write(model, folder.resolve("a.onnx"));
    OnnxExport.write(model, folder.resolve("b.onnx"));
    assertThat(folder.resolve("a.onnx")).hasSameBinaryContentAs(folder.resolve("b.onnx"));
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = model.weights(manager)) {
      assertThat(Files.size(folder.resolve("a.onnx"))).isGreaterThan(4 * weights.size());
    }
  }
}
