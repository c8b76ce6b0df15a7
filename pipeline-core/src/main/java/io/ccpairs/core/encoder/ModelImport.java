package io.ccpairs.core.encoder;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.JsonFile;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.OnnxWeights;
import io.ccpairs.core.encoder.weights.StateDict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Models from elsewhere to model folders: an ONNX file with its tokenizer, a jar that holds both,
 * or a Hugging Face folder that lacks some of the files. What is read stays as it is.
 */
public final class ModelImport {
  private static final long MAX_ONNX_BYTES = Integer.MAX_VALUE; // protobuf's own limit
  private static final List<String> PADDING = List.of("[PAD]", "<pad>");

  private ModelImport() {}

  /**
   * What the caller knows better than the files.
   *
   * @param heads attention heads; 0 for what the files say
   * @param maxTokens the most tokens of a text; 0 for what the files say
   * @param prefixes before texts; null for what the files say
   */
  public record Wishes(int heads, int maxTokens, @Nullable Prefixes prefixes) {
    /** Nothing but the files. */
    public static final Wishes NONE = new Wishes(0, 0, null);
  }

  /**
   * An ONNX file as PyTorch's exporter writes BERT and XLM-RoBERTa. Prefixes are E5's where the
   * file's name speaks of E5, none elsewhere.
   *
   * @param out must not exist
   * @throws ModelFileException when the file is no such encoder, naming what is missing
   */
  public static ModelFolder onnx(Path onnx, Path tokenizer, Path out, Wishes wishes)
      throws IOException {
    EncoderConfig config = config(onnx, tokenizer, wishes.heads());
    String name = String.valueOf(onnx.getFileName());
    Prefixes prefixes = wishes.prefixes();
    if (prefixes == null) {
      boolean e5 = name.toLowerCase(Locale.ROOT).matches("(.*[^a-z0-9])?e5([^a-z0-9].*)?");
      prefixes = e5 ? Prefixes.E5 : Prefixes.NONE;
    }
    int maxTokens = wishes.maxTokens() == 0 ? config.maxTokens() : wishes.maxTokens();
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = OnnxWeights.read(onnx, config.parameters(), manager)) {
      return ModelFolder.write(
          out, config, weights, tokenizer, maxTokens, prefixes, "Weights of `" + name + "`.");
    }
  }

  /** A jar or zip with one {@code .onnx} file and one {@code tokenizer.json}. */
  public static ModelFolder jar(Path jar, Path out, Wishes wishes) throws IOException {
    Path unpacked = Files.createTempDirectory("ccpairs-import");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry onnx = only(jar, zip, ".onnx");
      ZipEntry tokenizer = only(jar, zip, "tokenizer.json");
      return onnx(
          unpack(jar, zip, onnx, MAX_ONNX_BYTES, unpacked),
          unpack(jar, zip, tokenizer, Tokenizer.MAX_FILE_BYTES, unpacked),
          out,
          wishes);
    } catch (ZipException e) {
      throw new ModelFileException(
          "Cannot read " + jar + ": no jar or zip file, or a damaged one (" + e.getMessage() + ")",
          e);
    } finally {
      FolderFiles.delete(unpacked);
    }
  }

  /**
   * A Hugging Face folder, with shards, half precision or missing small files: comes out whole, in
   * float32, without weights that make no embedding (a pooler, a head).
   */
  public static ModelFolder folder(Path folder, Path out, Wishes wishes) throws IOException {
    ModelFolder model = ModelFolder.open(folder);
    if (wishes.heads() != 0 && wishes.heads() != model.config().heads()) {
      throw new ModelFileException(
          "Cannot use "
              + folder
              + ": config.json says "
              + model.config().heads()
              + " attention heads, not "
              + wishes.heads());
    }
    Prefixes prefixes = wishes.prefixes() == null ? model.prefixes() : wishes.prefixes();
    int maxTokens = wishes.maxTokens() == 0 ? model.maxTokens() : wishes.maxTokens();
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = model.weights(manager)) {
      return ModelFolder.write(
          out,
          model.config(),
          weights,
          model.tokenizerFile(),
          maxTokens,
          prefixes,
          "Weights of the folder `" + folder.toAbsolutePath().normalize().getFileName() + "`.");
    }
  }

  private static EncoderConfig config(Path onnx, Path tokenizer, int heads) throws IOException {
    OnnxWeights.Architecture graph = OnnxWeights.architecture(onnx);
    Map<String, Shape> shapes = graph.shapes();
    Shape words = matrix(onnx, shapes, "embeddings.word_embeddings.weight");
    Shape positions = matrix(onnx, shapes, "embeddings.position_embeddings.weight");
    Shape types = matrix(onnx, shapes, "embeddings.token_type_embeddings.weight");
    Shape wide = matrix(onnx, shapes, "encoder.layer.0.intermediate.dense.weight");
    int layers = 0;
    while (shapes.containsKey("encoder.layer." + layers + ".attention.self.query.bias")) {
      layers++;
    }
    int hidden = (int) words.get(1);
    int found = heads == 0 ? heads(graph.attentionSizes(), hidden) : heads;
    if (found == 0) {
      throw new ModelFileException(
          "Cannot use "
              + onnx
              + ": its graph does not show how many attention heads there are;"
              + " say so");
    }
    EncoderConfig.Type type =
        graph.countsPositions() ? EncoderConfig.Type.XLM_ROBERTA : EncoderConfig.Type.BERT;
    double usual = graph.countsPositions() ? 1e-5 : 1e-12;
    try {
      return new EncoderConfig(
          type,
          hidden,
          layers,
          found,
          (int) wide.get(0),
          (int) words.get(0),
          (int) positions.get(0),
          (int) types.get(0),
          graph.normEpsilon() < 0 ? usual : graph.normEpsilon(),
          padId(tokenizer),
          0.1,
          0.1);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("Cannot use " + onnx + ": " + e.getMessage(), e);
    }
  }

  private static Shape matrix(Path onnx, Map<String, Shape> shapes, String name)
      throws ModelFileException {
    Shape shape = shapes.get(name);
    if (shape == null || shape.dimension() != 2) {
      throw new ModelFileException(
          "Cannot use " + onnx + ": no matrix " + name + ", so it is no BERT or XLM-RoBERTa");
    }
    return shape;
  }

  /** Heads and a head's width stand side by side in the shape that attention reshapes to. */
  private static int heads(List<Long> sizes, int hidden) {
    for (int i = 0; i + 1 < sizes.size(); i++) {
      long heads = sizes.get(i);
      long width = sizes.get(i + 1);
      if (heads > 0 && width > 1 && heads <= hidden && width <= hidden && heads * width == hidden) {
        return (int) heads;
      }
    }
    return 0;
  }

  private static int padId(Path tokenizer) throws IOException {
    JsonFile json = JsonFile.read(tokenizer, Tokenizer.MAX_FILE_BYTES);
    if (json.find("added_tokens") instanceof List<?> tokens) {
      for (Object token : tokens) {
        if (token instanceof Map<?, ?> map
            && PADDING.contains(String.valueOf(map.get("content")))
            && map.get("id") instanceof Long id
            && id >= 0
            && id < Integer.MAX_VALUE) {
          return id.intValue();
        }
      }
    }
    throw new ModelFileException(
        "Cannot use " + tokenizer + ": none of its added tokens is one of " + PADDING);
  }

  private static ZipEntry only(Path jar, ZipFile zip, String end) throws ModelFileException {
    List<? extends ZipEntry> entries =
        zip.stream().filter(entry -> entry.getName().endsWith(end)).toList();
    if (entries.size() != 1) {
      throw new ModelFileException(
          "Cannot use "
              + jar
              + ": it holds "
              + entries.size()
              + " files that end in "
              + end
              + ", one is needed");
    }
    return entries.get(0);
  }

  private static Path unpack(Path jar, ZipFile zip, ZipEntry entry, long most, Path folder)
      throws IOException {
    Path file = folder.resolve(String.valueOf(Path.of(entry.getName()).getFileName()));
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    try (InputStream in = zip.getInputStream(entry);
        OutputStream out = Files.newOutputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        total += read;
        if (total > most) {
          throw new ModelFileException(
              "Cannot use " + jar + ": " + entry.getName() + " has more than " + most + " bytes");
        }
        out.write(buffer, 0, read);
      }
    }
    return file;
  }
}
