package io.ccpairs.jobs.cli;

import io.ccpairs.core.encoder.EncoderConfig;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.onnx.OnnxExport;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.spark.Sessions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model's encoder and pooling as an ONNX file. */
@Command(
    name = "export-onnx",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "a model folder -> one ONNX file: encoder, mean pooling, unit length",
    description = {
      "Inputs are input_ids, attention_mask and, for BERT, token_type_ids; outputs last_hidden_state and"
          + " sentence_embedding, vectors of unit length. The tokenizer stays in the folder, and prefixes are the caller's"
          + " to put before texts: the file's metadata names them.",
      ""
    },
    footer = {
      "",
      "Written to MODEL/onnx/model.onnx it is the file that sentence-transformers opens with backend=\"onnx\"."
    })
final class ExportOnnxCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "folder of the model: config.json, model.safetensors, tokenizer.json")
  private String model = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description =
          "file to write; must not exist. Weights of more than 2 GiB go into FILE_data beside it")
  private String out = "";

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Configuration hadoop = Sessions.hadoop();
    ModelFolder folder = ModelFolder.open(LocalFiles.model(model, hadoop));
    LocalFiles.write(
        out,
        "",
        hadoop,
        file -> {
          OnnxExport.write(folder, file);
          return file;
        });
    EncoderConfig config = folder.config();
    PrintWriter print = spec.commandLine().getOut();
    print.printf(
        Locale.ROOT,
        "export-onnx   %s -> %s%n%s, %d layers of %d, %,d parameters   %s%n",
        model,
        out,
        config.type().word(),
        config.layers(),
        config.hidden(),
        config.size(),
        Clock.since(start));
    print.flush();
    return ExitCode.OK;
  }
}
