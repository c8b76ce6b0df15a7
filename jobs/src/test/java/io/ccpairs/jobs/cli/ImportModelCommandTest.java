package io.ccpairs.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.encoder.EncoderConfig;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.Prefixes;
import io.ccpairs.core.encoder.vocabulary.WordPieceTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportModelCommandTest {
  @TempDir private Path folder;
  private String out = "";
  private String err = "";

  @BeforeEach
  void aFolderThatLacksTheSmallFiles() throws IOException {
    ModelFolder.create(
        folder.resolve("from"),
        EncoderConfig.bert(32, 1, 4, 100),
        WordPieceTrainer.train(Map.of("river", 3L, "rivers", 2L, "query", 5L), 60),
        64,
        Prefixes.E5,
        1);
    Files.delete(folder.resolve("from/modules.json"));
    Files.delete(folder.resolve("from/vocab.txt"));
    Files.delete(folder.resolve("from/config_sentence_transformers.json"));
  }

  private int run(String... arguments) {
    StringWriter stdout = new StringWriter();
    StringWriter stderr = new StringWriter();
    int code = Main.run(arguments, new PrintWriter(stdout), new PrintWriter(stderr));
    out = stdout.toString();
    err = stderr.toString();
    return code;
  }

  @Test
  void aFolderComesOutWholeAndTheSecondTimeIsRefused() throws IOException {
    String from = folder.resolve("from").toString();
    String to = folder.resolve("to").toString();

    assertThat(run("import-model", "--folder", from, "--out", to)).as(err).isZero();
    assertThat(out)
        .contains("bert, 1 layers of 32, 4 heads", "texts of up to 64 tokens")
        .contains("before queries 'query: ', before passages 'passage: '");
    assertThat(folder.resolve("to")).isDirectoryContaining("glob:**/modules.json");
    assertThat(folder.resolve("to/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("from/model.safetensors"));

    assertThat(run("import-model", "--folder", from, "--out", to)).isEqualTo(ExitCode.EXISTS);
    assertThat(err).contains("it exists; remove it or choose another name");
  }

  @Test
  void prefixesAndLimitAreThoseAskedFor() throws IOException {
    assertThat(
            run(
                "import-model",
                "--folder",
                folder.resolve("from").toString(),
                "--out",
                folder.resolve("to").toString(),
                "--query-prefix",
                "q> ",
                "--passage-prefix",
                "",
                "--max-tokens",
                "32"))
        .as(err)
        .isZero();
    ModelFolder model = ModelFolder.open(folder.resolve("to"));
    assertThat(model.prefixes()).isEqualTo(new Prefixes("q> ", ""));
    assertThat(model.maxTokens()).isEqualTo(32);
  }

  @Test
  void placesMayBeWrittenAsUris() throws IOException {
    String from = folder.resolve("from").toUri().toString();
    String to = folder.resolve("to").toUri().toString();
    assertThat(run("import-model", "--folder", from, "--out", to)).as(err).isZero();
    assertThat(folder.resolve("to/config.json")).exists();
    assertThat(run("export-onnx", "--model", to, "--out", to + "/onnx/model.onnx")).isZero();
    assertThat(folder.resolve("to/onnx/model.onnx")).exists();
    assertThat(run("import-model", "--folder", from, "--out", "nowhere://bucket/to")).isNotZero();
    assertThat(Path.of("nowhere:")).doesNotExist();
  }

  @Test
  void theModelGoesToAnOnnxFileAndBack() throws IOException {
    String from = folder.resolve("from").toString();
    String onnx = folder.resolve("from/onnx/model.onnx").toString();

    assertThat(run("export-onnx", "--model", from, "--out", onnx)).as(err).isZero();
    assertThat(out).contains("export-onnx   " + from + " -> " + onnx, "bert, 1 layers of 32");
    assertThat(run("export-onnx", "--model", from, "--out", onnx)).isEqualTo(ExitCode.EXISTS);
    assertThat(err).contains("model.onnx: it exists; remove it or choose another name");

    String to = folder.resolve("to").toString();
    String tokenizer = from + "/tokenizer.json";
    assertThat(run("import-model", "--onnx", onnx, "--tokenizer", tokenizer, "--out", to))
        .as(err)
        .isZero();
    assertThat(folder.resolve("to/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("from/model.safetensors"));
    assertThat(run("export-onnx", "--model", folder + "/none", "--out", to + ".onnx"))
        .isEqualTo(ExitCode.INPUT);
  }

  @Test
  void wrongWordsExitWithTwoAndWrongFilesWithFour() throws IOException {
    String to = folder.resolve("to").toString();
    assertThat(run("import-model", "--out", to)).isEqualTo(ExitCode.USAGE);
    assertThat(run("import-model", "--onnx", "model.onnx", "--out", to)).isEqualTo(ExitCode.USAGE);
    assertThat(err).contains("--tokenizer");
    assertThat(
            run("import-model", "--folder", folder + "/from", "--out", to, "--query-prefix", "q"))
        .isEqualTo(ExitCode.USAGE);

    assertThat(run("import-model", "--folder", folder + "/none", "--out", to))
        .isEqualTo(ExitCode.INPUT);
    assertThat(err).contains("none: there is no such folder");
    assertThat(run("import-model", "--jar", folder + "/none.jar", "--out", to))
        .isEqualTo(ExitCode.INPUT);
    assertThat(err).contains("none.jar: it does not exist");
    assertThat(run("import-model", "--folder", folder + "/from/config.json", "--out", to))
        .isEqualTo(ExitCode.INPUT);
    assertThat(err.lines()).as("one line, no trace").hasSize(1);
    for (String[] call :
        List.of(
            new String[] {"embed", "--model", folder + "/from/config.json", "x"},
            new String[] {
              "export-onnx", "--model", folder + "/from/config.json", "--out", to + ".onnx"
            })) {
      assertThat(run(call)).isEqualTo(ExitCode.INPUT);
      assertThat(err)
          .isEqualTo(
              "Cannot open model %s/from/config.json: it is a file; give the folder with config.json%n",
              folder);
    }
    assertThat(
            run("import-model", "--folder", folder + "/from", "--out", to, "--max-tokens", "600"))
        .isEqualTo(ExitCode.INPUT);
    assertThat(err).contains("for texts of up to 600 tokens to " + to);
    assertThat(run("embed", "--model", folder + "/from", "--max-tokens", "600", "x"))
        .isEqualTo(ExitCode.INPUT);
    assertThat(err).startsWith("Cannot cut texts to 600 tokens");
    assertThat(run("embed", "--model", folder + "/from", "--max-tokens", "2", "x"))
        .isEqualTo(ExitCode.USAGE);
    Path noOnnx = folder.resolve("from/tokenizer.json");
    assertThat(
            run(
                "import-model",
                "--onnx",
                noOnnx.toString(),
                "--tokenizer",
                noOnnx.toString(),
                "--out",
                to))
        .isEqualTo(ExitCode.INPUT);
    assertThat(err).contains("tokenizer.json: not an ONNX file, or a damaged one");
    Files.move(folder.resolve("from/model.safetensors"), folder.resolve("from/pytorch_model.bin"));
    assertThat(run("import-model", "--folder", folder + "/from", "--out", to))
        .isEqualTo(ExitCode.INPUT);
    assertThat(err).contains("pytorch_model.bin is a pickle file").contains("save_pretrained");
    assertThat(Path.of(to)).doesNotExist();
  }
}
