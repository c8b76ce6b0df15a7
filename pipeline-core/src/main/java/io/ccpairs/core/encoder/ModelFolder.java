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
  static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  private static final long MAX_JSON_BYTES = 1 << 20;
  private static final long MAX_TOKENIZER_CONFIG_BYTES = 64L << 20; // lists tokens that were added
  private static final int LEAST_TOKENS = 3; // two are special

  /**
   * Reads what the folder says of its model; weights are read by {@link #weights}.
   *
   * <p>The limit of tokens is that of {@code sentence_bert_config.json}, else the tokenizer's in
   * {@code tokenizer_config.json}, where sentence-transformers 5.7 keeps it, and never more than
   * the model's positions. Prefixes are the prompts of {@code config_sentence_transformers.json};
   * without that file E5's are assumed, as E5's own folders have none.
   *
   * @throws ModelFileException when a file is missing or asks for another pooling than the mean
   */
  public static ModelFolder open(Path folder) throws IOException {
    EncoderConfig config = EncoderConfig.read(folder.resolve(CONFIG));
    checkModules(folder);
    if (!Files.exists(folder.resolve(TOKENIZER))) {
      throw new ModelFileException(
          "Cannot use " + folder + ": no " + TOKENIZER + "; save the tokenizer in its fast form");
    }
    return new ModelFolder(folder, config, maxTokens(folder, config), prefixes(folder));
  }

  private static int maxTokens(Path folder, EncoderConfig config) throws IOException {
    Path sentences = folder.resolve(SENTENCE_BERT);
    if (Files.exists(sentences)) {
      JsonFile json = JsonFile.read(sentences, MAX_JSON_BYTES);
      if (json.find("max_seq_length") != null) {
        return json.number("max_seq_length", LEAST_TOKENS, config.maxTokens());
      }
    }
    Path tokenizer = folder.resolve(TOKENIZER_CONFIG);
    if (Files.exists(tokenizer)
        && JsonFile.read(tokenizer, MAX_TOKENIZER_CONFIG_BYTES).find("model_max_length")
            instanceof Long limit
        && limit >= LEAST_TOKENS
        && limit < config.maxTokens()) { // more, as 1e30, stands for no limit
      return limit.intValue();
    }
    return config.maxTokens();
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
    if (maxTokens < LEAST_TOKENS || maxTokens > config.maxTokens()) {
      throw new ModelFileException(
          "Cannot write a model for texts of up to "
              + maxTokens
              + " tokens to "
              + folder
              + ": it has positions for "
              + LEAST_TOKENS
              + " to "
              + config.maxTokens());
    }
    // Opened where it is, so that an error names the caller's file and not the draft's.
    Tokenizer.open(tokenizer, config.vocabulary(), maxTokens, prefixes).close();
    Path parent = Objects.requireNonNull(full.getParent());
    Files.createDirectories(parent);
    Path draft = parent.resolve("." + full.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectory(draft);
      config.write(draft.resolve(CONFIG));
      WeightFiles.write(draft, weights);
      Files.copy(tokenizer, draft.resolve(TOKENIZER));
      FolderFiles.write(
          draft, tokenizer, full.getFileName().toString(), config, maxTokens, prefixes, about);
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
