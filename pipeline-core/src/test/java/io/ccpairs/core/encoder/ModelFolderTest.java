package io.ccpairs.core.encoder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.InitialWeights;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
  @TempDir private Path folder;

  @Test
  void aNewModelHasEveryFileThatSentenceTransformersReads() throws IOException {
    Path model = folder.resolve("models/tiny");
    SmallModel.write(model, 1);

    try (var files = Files.walk(model)) {
      assertThat(files.map(file -> model.relativize(file).toString()))
          .containsExactlyInAnyOrder(
              "",
              "config.json",
              "model.safetensors",
              "tokenizer.json",
              "tokenizer_config.json",
              "special_tokens_map.json",
              "vocab.txt",
              "modules.json",
              "1_Pooling",
              "1_Pooling/config.json",
              "2_Normalize",
              "sentence_bert_config.json",
              "config_sentence_transformers.json",
              "README.md");
    }
    assertThat(folder.resolve("models")).isDirectoryContaining("glob:**tiny");
    try (var files = Files.list(folder.resolve("models"))) {
      assertThat(files).hasSize(1);
    }
    assertThat(Files.readString(model.resolve("README.md")))
        .contains("# tiny", "Random weights of seed 1", "| before a query | `query: ` |");
    assertThat(Files.readAllLines(model.resolve("vocab.txt")))
        .isEqualTo(SmallModel.pieces().pieces());
  }

  @Test
  void whatWasWrittenIsReadBack() throws IOException {
    ModelFolder written = SmallModel.write(folder.resolve("tiny"), 1);
    ModelFolder read = ModelFolder.open(folder.resolve("tiny"));

    assertThat(read).isEqualTo(written);
    assertThat(read.config())
        .isEqualTo(SmallModel.config().withVocabulary(SmallModel.pieces().size()));
    assertThat(read.maxTokens()).isEqualTo(64);
    assertThat(read.prefixes()).isEqualTo(Prefixes.E5);
  }

  @Test
  void oneSeedGivesOneModelAndAnotherSeedAnother() throws IOException {
    SmallModel.write(folder.resolve("a"), 1);
    SmallModel.write(folder.resolve("b"), 1);
    SmallModel.write(folder.resolve("c"), 2);

    assertThat(folder.resolve("a/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("b/model.safetensors"));
    assertThat(
            Files.mismatch(
                folder.resolve("a/model.safetensors"), folder.resolve("c/model.safetensors")))
        .isNotNegative();
  }

  @Test
  void aModelThatExistsIsNotTouched() throws IOException {
    SmallModel.write(folder.resolve("tiny"), 1);
    byte[] weights = Files.readAllBytes(folder.resolve("tiny/model.safetensors"));

    assertThatThrownBy(() -> SmallModel.write(folder.resolve("tiny"), 2))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("tiny: it exists; remove it or choose another name");
    assertThat(folder.resolve("tiny/model.safetensors")).hasBinaryContent(weights);
  }

  @Test
  void aWriteThatFailsLeavesNothing() throws IOException {
    EncoderConfig small = SmallModel.config().withVocabulary(50);
    Path tokenizer = folder.resolve("tokenizer.json");
    SmallModel.pieces().write(tokenizer);

    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = InitialWeights.of(small.parameters(), 0, 1, manager)) {
      assertThatThrownBy(
              () ->
                  ModelFolder.write(
                      folder.resolve("tiny"), small, weights, tokenizer, 64, Prefixes.E5, ""))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining(tokenizer + ": its largest token id is")
          .hasMessageContaining("the model has 50 word embeddings");
      assertThatThrownBy(
              () ->
                  ModelFolder.write(
                      folder.resolve("tiny"),
                      SmallModel.config(),
                      weights,
                      tokenizer,
                      64,
                      Prefixes.E5,
                      ""))
          .hasMessageContaining("tensor embeddings.word_embeddings.weight has shape (50, 32)");
      assertThatThrownBy(
              () ->
                  ModelFolder.write(
                      folder.resolve("tiny"), small, weights, tokenizer, 600, Prefixes.E5, ""))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("texts of up to 600 tokens")
          .hasMessageContaining("positions for 3 to " + small.maxTokens());
    }
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(tokenizer);
    }
  }

  @Test
  void theSelfCheckTellsOtherWeightsFromTheWrittenOnes() throws IOException {
    ModelFolder written = SmallModel.write(folder.resolve("tiny"), 1);
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict same = written.weights(manager);
        StateDict other = written.weights(manager)) {
      FolderCheck.sameEmbeddings(written, same);
      other.get("encoder.layer.1.output.dense.bias").addi(0.01f);
      other.get("encoder.layer.1.output.LayerNorm.weight").get("0:4").addi(0.5f);
      assertThatThrownBy(() -> FolderCheck.sameEmbeddings(written, other))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("its embeddings differ by");
      other.get("encoder.layer.1.output.LayerNorm.weight").muli(Float.NaN);
      assertThatThrownBy(() -> FolderCheck.sameEmbeddings(written, other))
          .hasMessageContaining("differ by NaN");
    }
  }

  @Test
  void writingLeavesTheGradientModeOfTheThreadAsItWas() throws IOException {
    Torch.inferOnThisThread();
    JniUtils.setGradMode(true);
    SmallModel.write(folder.resolve("a"), 1);
    assertThat(JniUtils.isGradMode()).isTrue();
    Torch.inferOnThisThread();
    SmallModel.write(folder.resolve("b"), 1);
    assertThat(JniUtils.isGradMode()).isFalse();
  }

  @Test
  void aFolderWithoutPromptsIsReadAsE5AndOneWithItsOwnKeepsThem() throws IOException {
    Path model = folder.resolve("tiny");
    SmallModel.write(model, 1);
    Path prompts = model.resolve("config_sentence_transformers.json");

    Files.writeString(prompts, "{\"prompts\": {\"query\": \"q> \", \"document\": \"d> \"}}", UTF_8);
    assertThat(ModelFolder.open(model).prefixes()).isEqualTo(new Prefixes("q> ", "d> "));
    Files.writeString(prompts, "{}", UTF_8);
    assertThat(ModelFolder.open(model).prefixes()).isEqualTo(Prefixes.NONE);
    Files.delete(prompts);
    assertThat(ModelFolder.open(model).prefixes()).isEqualTo(Prefixes.E5);
  }

  @Test
  void withoutALimitForSentencesTheTokenizersHoldsUpToThePositions() throws IOException {
    Path model = folder.resolve("tiny");
    int positions = SmallModel.write(model, 1).config().maxTokens();
    Files.writeString(model.resolve("sentence_bert_config.json"), "{}", UTF_8);
    Path tokenizer = model.resolve("tokenizer_config.json");

    Files.writeString(tokenizer, "{\"model_max_length\": 32}", UTF_8);
    assertThat(ModelFolder.open(model).maxTokens()).isEqualTo(32);
    Files.writeString(tokenizer, "{\"model_max_length\": 1000000000000000019884624838656}", UTF_8);
    assertThat(ModelFolder.open(model).maxTokens()).isEqualTo(positions);
    Files.delete(tokenizer);
    assertThat(ModelFolder.open(model).maxTokens()).isEqualTo(positions);
  }

  @Test
  void aWrittenModelEncodes() throws IOException {
    SmallModel.write(folder.resolve("tiny"), 1);
    try (TextEncoder encoder = TextEncoder.open(folder.resolve("tiny"), EncoderOptions.cpu())) {
      Embeddings rows = encoder.encode(Role.PASSAGE, List.of("a river", "the Nile", "a river", ""));
      assertThat(rows.rows()).isEqualTo(4);
      assertThat(rows.cosine(0, 2)).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6f));
      assertThat(rows.row(0)).isEqualTo(rows.row(2)).isNotEqualTo(rows.row(1));
    }
  }
}
