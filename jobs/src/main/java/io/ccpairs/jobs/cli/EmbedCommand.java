package io.ccpairs.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.EncoderOptions;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Role;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.spark.Sessions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the vectors of texts. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "texts -> terminal: their vectors, one JSON object a line",
    description = {
      "Vectors have unit length; the product of two is their cosine. Without texts the lines of the",
      "standard input are read.",
      ""
    })
final class EmbedCommand implements Callable<Integer> {
  private static final int LINES_AT_ONCE = 4096;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "folder of the model: config.json, model.safetensors, tokenizer.json")
  private String model = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "query",
      description =
          "query or passage: the prefix that the model reads (default: ${DEFAULT-VALUE}, for texts"
              + " that are compared with one another as well)")
  private String role = "query";

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "0",
      description = "cut texts to so many tokens (default: what the model's folder says)")
  private int maxTokens;

  @Parameters(paramLabel = "TEXT", arity = "0..*", description = "a text")
  private List<String> texts = List.of();

  @Override
  public Integer call() throws IOException {
    Role side = side();
    if (maxTokens != 0 && maxTokens < 3) {
      throw new ConfigException(
          "Cannot use --max-tokens "
              + maxTokens
              + ": at least 3, as two are special, or 0 for the model's own limit");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (TextEncoder encoder =
        TextEncoder.open(
            LocalFiles.model(model, Sessions.hadoop()),
            EncoderOptions.cpu().withMaxTokens(maxTokens))) {
      if (!texts.isEmpty()) {
        print(encoder, side, texts, out);
        return ExitCode.OK;
      }
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
      List<String> some = new ArrayList<>();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        some.add(line);
        if (some.size() == LINES_AT_ONCE) {
          print(encoder, side, some, out);
          some.clear();
        }
      }
      print(encoder, side, some, out);
      return ExitCode.OK;
    }
  }

  private Role side() {
    for (Role one : Role.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(role)) {
        return one;
      }
    }
    throw new ConfigException("Cannot use --role " + role + ": choose query or passage");
  }

  private static void print(TextEncoder encoder, Role side, List<String> some, PrintWriter out)
      throws IOException {
    Embeddings vectors = encoder.encode(side, some);
    for (int row = 0; row < some.size(); row++) {
      StringWriter line = new StringWriter();
      try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
        json.writeStartObject();
        json.writeStringField("text", some.get(row));
        json.writeStringField("role", side.name().toLowerCase(Locale.ROOT));
        json.writeArrayFieldStart("vector");
        for (float value : vectors.row(row)) {
          json.writeNumber(value);
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      out.println(line);
    }
    out.flush();
  }
}
