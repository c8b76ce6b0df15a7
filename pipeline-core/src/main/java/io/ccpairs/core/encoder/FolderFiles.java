package io.ccpairs.core.encoder;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ccpairs.core.encoder.weights.JsonFile;
import io.ccpairs.core.encoder.weights.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The small files around weights and tokenizer, as transformers 4 and sentence-transformers 3 to 5
 * read them. A file that is there already is left as it is.
 */
final class FolderFiles {
  static final String MODULES = "modules.json";
  private static final String MODULE = "sentence_transformers.models.";

  private FolderFiles() {}

  private interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes what is missing beside {@code config.json}, the weights and {@code tokenizer.json}. */
  static void write(
      Path folder,
      Path tokenizerFile,
      String name,
      EncoderConfig config,
      int maxTokens,
      Prefixes prefixes,
      String about)
      throws IOException {
    JsonFile tokenizer = JsonFile.read(tokenizerFile, Tokenizer.MAX_FILE_BYTES);
    Map<String, String> special = specialTokens(tokenizer);
    json(
        folder.resolve(ModelFolder.TOKENIZER_CONFIG),
        tokenizerConfig(tokenizer, special, maxTokens));
    json(
        folder.resolve("special_tokens_map.json"),
        json -> {
          for (Map.Entry<String, String> token : special.entrySet()) {
            json.writeStringField(token.getKey(), token.getValue());
          }
        });
    vocabulary(folder.resolve("vocab.txt"), tokenizer);
    modules(folder.resolve(MODULES));
    pooling(folder.resolve(ModelFolder.POOLING), config.hidden());
    Files.createDirectories(folder.resolve("2_Normalize"));
    json(
        folder.resolve(ModelFolder.SENTENCE_BERT),
        json -> {
          json.writeNumberField("max_seq_length", maxTokens);
          json.writeBooleanField("do_lower_case", false);
        });
    prompts(folder.resolve(ModelFolder.SENTENCE_TRANSFORMERS), prefixes);
    card(folder.resolve("README.md"), name, config, maxTokens, prefixes, about);
  }

  private static void json(Path file, Content content) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(file.toFile(), JsonEncoding.UTF8)
            .useDefaultPrettyPrinter()) {
      json.writeStartObject();
      content.write(json);
      json.writeEndObject();
    }
  }

  /** Special tokens by the names of their uses, from the words that both families use. */
  private static Map<String, String> specialTokens(JsonFile tokenizer) {
    Map<String, List<String>> uses = new LinkedHashMap<>();
    uses.put("unk_token", List.of("[UNK]", "<unk>"));
    uses.put("bos_token", List.of("<s>"));
    uses.put("eos_token", List.of("</s>"));
    uses.put("sep_token", List.of("[SEP]", "</s>"));
    uses.put("pad_token", List.of("[PAD]", "<pad>"));
    uses.put("cls_token", List.of("[CLS]", "<s>"));
    uses.put("mask_token", List.of("[MASK]", "<mask>"));
    Map<String, String> special = new LinkedHashMap<>();
    uses.forEach(
        (use, words) ->
            words.stream()
                .filter(word -> isAdded(tokenizer, word))
                .findFirst()
                .ifPresent(word -> special.put(use, word)));
    return special;
  }

  private static boolean isAdded(JsonFile tokenizer, String word) {
    return tokenizer.find("added_tokens") instanceof List<?> tokens
        && tokens.stream()
            .anyMatch(token -> token instanceof Map<?, ?> map && word.equals(map.get("content")));
  }

  private static Content tokenizerConfig(
      JsonFile tokenizer, Map<String, String> special, int maxTokens) {
    return json -> {
      String model = String.valueOf(tokenizer.find("model", "type"));
      switch (model) {
        case "WordPiece" -> {
          json.writeStringField("tokenizer_class", "BertTokenizer");
          json.writeBooleanField(
              "do_lower_case", Boolean.TRUE.equals(tokenizer.find("normalizer", "lowercase")));
          flag(json, "strip_accents", tokenizer.find("normalizer", "strip_accents"));
          flag(
              json, "tokenize_chinese_chars", tokenizer.find("normalizer", "handle_chinese_chars"));
        }
        case "Unigram" -> json.writeStringField("tokenizer_class", "XLMRobertaTokenizer");
        default -> json.writeStringField("tokenizer_class", "PreTrainedTokenizerFast");
      }
      json.writeNumberField("model_max_length", maxTokens);
      for (Map.Entry<String, String> token : special.entrySet()) {
        json.writeStringField(token.getKey(), token.getValue());
      }
    };
  }

  private static void flag(JsonGenerator json, String key, @Nullable Object value)
      throws IOException {
    if (value instanceof Boolean flag) {
      json.writeBooleanField(key, flag);
    } else {
      json.writeNullField(key);
    }
  }

  /** One piece a line in the order of ids, for readers without {@code tokenizer.json}. */
  private static void vocabulary(Path file, JsonFile tokenizer) throws IOException {
    if (Files.exists(file)
        || !"WordPiece".equals(tokenizer.find("model", "type"))
        || !(tokenizer.find("model", "vocab") instanceof Map<?, ?> pieces)) {
      return;
    }
    String[] lines = new String[pieces.size()];
    for (Map.Entry<?, ?> piece : pieces.entrySet()) {
      if (!(piece.getValue() instanceof Long id) || id < 0 || id >= lines.length) {
        throw new ModelFileException(
            "Cannot use "
                + tokenizer.path()
                + ": piece "
                + piece.getKey()
                + " has id "
                + piece.getValue()
                + " among "
                + lines.length
                + " pieces");
      }
      lines[id.intValue()] = String.valueOf(piece.getKey());
    }
    for (int id = 0; id < lines.length; id++) {
      if (lines[id] == null) {
        throw new ModelFileException("Cannot use " + tokenizer.path() + ": no piece has id " + id);
      }
    }
    Files.writeString(file, String.join("\n", lines) + "\n", UTF_8);
  }

  private static void modules(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(file.toFile(), JsonEncoding.UTF8)
            .useDefaultPrettyPrinter()) {
      List<String> modules = List.of("Transformer", "Pooling", "Normalize");
      json.writeStartArray();
      for (int i = 0; i < modules.size(); i++) {
        json.writeStartObject();
        json.writeNumberField("idx", i);
        json.writeStringField("name", String.valueOf(i));
        json.writeStringField("path", i == 0 ? "" : i + "_" + modules.get(i));
        json.writeStringField("type", MODULE + modules.get(i));
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }

  private static void pooling(Path file, int dimensions) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    json(
        file,
        json -> {
          json.writeNumberField("word_embedding_dimension", dimensions);
          json.writeBooleanField("pooling_mode_cls_token", false);
          json.writeBooleanField("pooling_mode_mean_tokens", true);
          json.writeBooleanField("pooling_mode_max_tokens", false);
          json.writeBooleanField("pooling_mode_mean_sqrt_len_tokens", false);
          json.writeBooleanField("pooling_mode_weightedmean_tokens", false);
          json.writeBooleanField("pooling_mode_lasttoken", false);
          json.writeBooleanField("include_prompt", true);
        });
  }

  private static void prompts(Path file, Prefixes prefixes) throws IOException {
    json(
        file,
        json -> {
          json.writeObjectFieldStart("__version__");
          json.writeStringField("sentence_transformers", "3.0.0"); // the first with all keys below
          json.writeEndObject();
          json.writeObjectFieldStart("prompts");
          json.writeStringField("query", prefixes.query());
          json.writeStringField("document", prefixes.passage());
          json.writeStringField("passage", prefixes.passage());
          json.writeEndObject();
          json.writeNullField("default_prompt_name");
          json.writeStringField("similarity_fn_name", "cosine");
        });
  }

  private static void card(
      Path file, String name, EncoderConfig config, int maxTokens, Prefixes prefixes, String about)
      throws IOException {
    if (Files.exists(file)) {
      return;
    }
    String text =
        """
        ---
        library_name: sentence-transformers
        pipeline_tag: sentence-similarity
        tags:
        - sentence-transformers
        - feature-extraction
        - sentence-similarity
        ---

        # %s

        %sA text encoder: texts to vectors of unit length whose product is their cosine. The mean of the last layer over
        a text's tokens, then the unit length.

        | | |
        | --- | --- |
        | architecture | %s, %d layers of %d, %d heads |
        | parameters | %,d |
        | dimensions of a vector | %d |
        | most tokens of a text | %d |
        | before a query | `%s` |
        | before a passage | `%s` |

        ## Use

        ```python
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer("%s")
        queries = model.encode(["how are rivers named"], prompt_name="query")
        passages = model.encode(["The Nile flows north."], prompt_name="passage")
        print(queries @ passages.T)
        ```
        """
            .formatted(
                name,
                about.isBlank() ? "" : about.strip() + "\n\n",
                config.type().word(),
                config.layers(),
                config.hidden(),
                config.heads(),
                config.size(),
                config.hidden(),
                maxTokens,
                prefixes.query(),
                prefixes.passage(),
                name);
    Files.writeString(file, text, UTF_8);
  }

  /** Removes a folder and all in it, where there is one. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (var files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
