package io.ccpairs.core.encoder;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.vocabulary.WordPieces;
import io.ccpairs.core.encoder.weights.InitialWeights;
import io.ccpairs.core.encoder.weights.JsonFile;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.encoder.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model as Hugging Face's libraries and sentence-transformers keep it: a folder with {@code
 * config.json}, {@code model.safetensors} and {@code tokenizer.json}, and small files that say how
 * vectors are made of token vectors.
 *
 * @param folder where it lies
 * @param config the encoder's shape
 * @param maxTokens the most tokens of a text
 * @param prefixes what is put before texts
 */
public record ModelFolder(Path folder, EncoderConfig config, int maxTokens, Prefixes prefixes) {
  static final String CONFIG = "config.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String POOLING = "1_Pooling/config.json";
  static final String SENTENCE_BERT = "sentence_bert_config.json";
  static final String SENTENCE_TRANSFORMERS = "config_sentence_transformers.json";
  private static final long MAX_JSON_BYTES = 1 << 20;

  /**
   * Reads what the folder says of its model; weights are read by {@link #weights}.
   *
   * <p>The limit of tokens is that of {@code sentence_bert_config.json}, else the model's
   * positions. Prefixes are the prompts of {@code config_sentence_transformers.json}; without that
   * file E5's are assumed, as E5's own folders have none.
   *
   * @throws ModelFileException when a file is missing or asks for another pooling than the mean
   */
  public static ModelFolder open(Path folder) throws IOException {
    EncoderConfig config = EncoderConfig.read(folder.resolve(CONFIG));
    int maxTokens = config.maxTokens();
    Path limits = folder.resolve(SENTENCE_BERT);
    if (Files.exists(limits)) {
      JsonFile json = JsonFile.read(limits, MAX_JSON_BYTES);
      if (json.find("max_seq_length") != null) {
        maxTokens = json.number("max_seq_length", 3, config.maxTokens());
      }
    }
    checkModules(folder);
    if (!Files.exists(folder.resolve(TOKENIZER))) {
      throw new ModelFileException(
          "Cannot use " + folder + ": no " + TOKENIZER + "; save the tokenizer in its fast form");
    }
    return new ModelFolder(folder, config, maxTokens, prefixes(folder));
  }

  /** Refuses what would make other vectors than the mean of token vectors at unit length. */
  private static void checkModules(Path folder) throws IOException {
    Path modules = folder.resolve(FolderFiles.MODULES);
    if (Files.exists(modules)) {
      for (Object module : JsonFile.readArray(modules, MAX_JSON_BYTES)) {
        Object type = module instanceof Map<?, ?> map ? map.get("type") : null;
        String kind = String.valueOf(type).replaceFirst(".*\\.", "");
        if (!List.of("Transformer", "Pooling", "Normalize").contains(kind)) {
          throw new ModelFileException(
              "Cannot use " + modules + ": module " + type + " is not computed here");
        }
      }
    }
    Path pooling = folder.resolve(POOLING);
    if (!Files.exists(pooling)) {
      return;
    }
    Map<String, @Nullable Object> flags = JsonFile.read(pooling, MAX_JSON_BYTES).values();
    List<String> modes =
        flags.entrySet().stream()
            .filter(flag -> flag.getKey().startsWith("pooling_mode_"))
            .filter(flag -> Boolean.TRUE.equals(flag.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (!modes.equals(List.of("pooling_mode_mean_tokens"))
        && !"mean".equals(flags.get("pooling_mode"))) {
      throw new ModelFileException(
          "Cannot use "
              + pooling
              + ": its pooling is "
              + modes
              + ", only pooling_mode_mean_tokens is computed here");
    }
    if (Boolean.FALSE.equals(flags.get("include_prompt"))) {
      throw new ModelFileException(
          "Cannot use "
              + pooling
              + ": include_prompt is false; here a prompt's tokens count in the mean");
    }
  }

  /**
   * Writes a whole folder that Hugging Face's transformers, sentence-transformers and {@link #open}
   * read: configuration, weights, tokenizer, pooling, prompts, model card. It appears whole or not
   * at all: a sibling is filled, opened anew, its embeddings compared with those of the weights in
   * memory, and only then given its name.
   *
   * @param folder where to; must not exist
   * @param weights on any device; stay the caller's
   * @param tokenizer a {@code tokenizer.json}; copied
   * @param maxTokens the most tokens of a text, special ones and prefix included
   * @param about the model card's text under its title, in Markdown; may be empty
   * @throws FileAlreadyExistsException when the folder exists
   * @throws ModelFileException when weights, tokenizer and configuration do not fit each other, or
   *     when the written model gives other embeddings
   */
  public static ModelFolder write(
      Path folder,
      EncoderConfig config,
      StateDict weights,
      Path tokenizer,
      int maxTokens,
      Prefixes prefixes,
      String about)
      throws IOException {
    weights.check(config.parameters(), "the weights for " + folder);
    Path full = folder.toAbsolutePath().normalize();
    if (Files.exists(full)) {
      throw new FileAlreadyExistsException(
          "Cannot write a model to " + folder + ": it exists; remove it or choose another name");
    }
    Path parent = Objects.requireNonNull(full.getParent());
    Files.createDirectories(parent);
    Path draft = parent.resolve("." + full.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectory(draft);
      config.write(draft.resolve(CONFIG));
      WeightFiles.write(draft, weights);
      Files.copy(tokenizer, draft.resolve(TOKENIZER));
      FolderFiles.write(draft, full.getFileName().toString(), config, maxTokens, prefixes, about);
      FolderCheck.sameEmbeddings(open(draft), weights);
      Files.move(draft, full, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      FolderFiles.delete(draft);
    }
    return open(folder);
  }

  /**
   * Writes a new model with random weights and a tokenizer of these pieces.
   *
   * @param folder where to; must not exist
   * @param config its vocabulary is replaced by that of the pieces
   * @param seed of the weights
   */
  public static ModelFolder create(
      Path folder,
      EncoderConfig config,
      WordPieces pieces,
      int maxTokens,
      Prefixes prefixes,
      long seed)
      throws IOException {
    EncoderConfig sized = config.withVocabulary(pieces.size());
    Path tokenizer = Files.createTempFile("tokenizer", ".json");
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = InitialWeights.of(sized.parameters(), sized.padId(), seed, manager)) {
      pieces.write(tokenizer);
      return write(
          folder,
          sized,
          weights,
          tokenizer,
          maxTokens,
          prefixes,
          "Random weights of seed " + seed + ", not trained yet.");
    } finally {
      Files.deleteIfExists(tokenizer);
    }
  }

  private static Prefixes prefixes(Path folder) throws IOException {
    Path file = folder.resolve(SENTENCE_TRANSFORMERS);
    if (!Files.exists(file)) {
      return Prefixes.E5;
    }
    JsonFile json = JsonFile.read(file, MAX_JSON_BYTES);
    String query = json.find("prompts", "query") instanceof String text ? text : "";
    String passage = json.find("prompts", "passage") instanceof String text ? text : "";
    if (passage.isEmpty() && json.find("prompts", "document") instanceof String text) {
      passage = text;
    }
    return new Prefixes(query, passage);
  }

  /** Reads the weights onto the manager's device. */
  public StateDict weights(NDManager manager) throws IOException {
    return WeightFiles.read(folder, config.parameters(), manager);
  }

  /** The tokenizer's file. */
  public Path tokenizerFile() {
    return folder.resolve(TOKENIZER);
  }
}
