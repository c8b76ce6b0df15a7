package io.ccpairs.core.encoder;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ccpairs.core.encoder.kernel.KernelSettings;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.weights.JsonFile;
import io.ccpairs.core.encoder.weights.ModelFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of an encoder: what a Hugging Face {@code config.json} says of it.
 *
 * @param type BERT, or XLM-RoBERTa (the same layers; positions start after the padding id)
 * @param hidden width of a token's vector, and of an embedding
 * @param layers transformer layers
 * @param heads attention heads of a layer; divides {@code hidden}
 * @param intermediate width between the two products of a feed-forward block
 * @param vocabulary rows of the word table
 * @param positions rows of the position table
 * @param tokenTypes rows of the token type table, of which only the first is used
 * @param normEpsilon added to the variance in layer norms
 * @param padId the id of the padding token
 * @param dropout share of hidden values dropped in training
 * @param attentionDropout the same for attention weights
 */
public record EncoderConfig(
    Type type,
    int hidden,
    int layers,
    int heads,
    int intermediate,
    int vocabulary,
    int positions,
    int tokenTypes,
    double normEpsilon,
    int padId,
    double dropout,
    double attentionDropout) {
  private static final long MAX_CONFIG_BYTES = 1 << 20;
  private static final String EMBEDDINGS = "embeddings.";

  /** Families of encoders, by the word in {@code config.json}. */
  public enum Type {
    BERT("bert", "BertModel"),
    XLM_ROBERTA("xlm-roberta", "XLMRobertaModel");

    private final String word;
    private final String architecture;

    Type(String word, String architecture) {
      this.word = word;
      this.architecture = architecture;
    }

    /** The value of {@code model_type}. */
    public String word() {
      return word;
    }
  }

  public EncoderConfig {
    if (heads < 1 || hidden % heads != 0) {
      throw new IllegalArgumentException(
          "Cannot make an encoder of width "
              + hidden
              + " with "
              + heads
              + " heads: the width must be a multiple of the heads");
    }
    if (padId < 0 || padId >= vocabulary) {
      throw new IllegalArgumentException(
          "Cannot make an encoder with padding id "
              + padId
              + ": the vocabulary has "
              + vocabulary
              + " entries");
    }
    if (layers < 1 || intermediate < 1 || tokenTypes < 1) {
      throw new IllegalArgumentException(
          "Cannot make an encoder with "
              + layers
              + " layers, intermediate width "
              + intermediate
              + " and "
              + tokenTypes
              + " token types: each must be at least 1");
    }
    int first = type == Type.XLM_ROBERTA ? padId + 1 : 0;
    if (positions - first < 3) {
      throw new IllegalArgumentException(
          "Cannot make an encoder with "
              + positions
              + " positions, the first at "
              + first
              + ": no text fits");
    }
  }

  /** A BERT with the usual proportions: feed-forward four times the width, 512 positions. */
  public static EncoderConfig bert(int hidden, int layers, int heads, int vocabulary) {
    return new EncoderConfig(
        Type.BERT, hidden, layers, heads, 4 * hidden, vocabulary, 512, 2, 1e-12, 0, 0.1, 0.1);
  }

  /** The same encoder for another vocabulary. */
  public EncoderConfig withVocabulary(int entries) {
    return new EncoderConfig(
        type,
        hidden,
        layers,
        heads,
        intermediate,
        entries,
        positions,
        tokenTypes,
        normEpsilon,
        padId,
        dropout,
        attentionDropout);
  }

  /** The same encoder with these shares dropped in training. */
  public EncoderConfig withDropout(double hiddenShare, double attentionShare) {
    return new EncoderConfig(
        type,
        hidden,
        layers,
        heads,
        intermediate,
        vocabulary,
        positions,
        tokenTypes,
        normEpsilon,
        padId,
        hiddenShare,
        attentionShare);
  }

  /** Row of the position table for the first token. */
  public int firstPosition() {
    return type == Type.XLM_ROBERTA ? padId + 1 : 0;
  }

  /** The most tokens a text may have, special tokens included. */
  public int maxTokens() {
    return positions - firstPosition();
  }

  /**
   * Multiplications and additions of one forward pass over a text, in floating-point operations.
   */
  public double flops(int tokens) {
    double perToken = 8.0 * hidden * hidden + 4.0 * hidden * intermediate + 4.0 * hidden * tokens;
    return layers * tokens * perToken;
  }

  /** What the kernels must know. */
  public KernelSettings kernelSettings(Precision precision) {
    return new KernelSettings(
        heads, normEpsilon, firstPosition(), precision, dropout, attentionDropout);
  }

  /** Names and shapes of all weights, in the order the kernels expect. */
  public Map<String, Shape> parameters() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDINGS + "word_embeddings.weight", new Shape(vocabulary, hidden));
    shapes.put(EMBEDDINGS + "position_embeddings.weight", new Shape(positions, hidden));
    shapes.put(EMBEDDINGS + "token_type_embeddings.weight", new Shape(tokenTypes, hidden));
    norm(shapes, EMBEDDINGS + "LayerNorm");
    for (int layer = 0; layer < layers; layer++) {
      String at = "encoder.layer." + layer + ".";
      dense(shapes, at + "attention.self.query", hidden, hidden);
      dense(shapes, at + "attention.self.key", hidden, hidden);
      dense(shapes, at + "attention.self.value", hidden, hidden);
      dense(shapes, at + "attention.output.dense", hidden, hidden);
      norm(shapes, at + "attention.output.LayerNorm");
      dense(shapes, at + "intermediate.dense", hidden, intermediate);
      dense(shapes, at + "output.dense", intermediate, hidden);
      norm(shapes, at + "output.LayerNorm");
    }
    return shapes;
  }

  /** How many numbers all weights hold together. */
  public long size() {
    return parameters().values().stream().mapToLong(Shape::size).sum();
  }

  private static void dense(Map<String, Shape> shapes, String name, int in, int out) {
    shapes.put(name + ".weight", new Shape(out, in));
    shapes.put(name + ".bias", new Shape(out));
  }

  private void norm(Map<String, Shape> shapes, String name) {
    shapes.put(name + ".weight", new Shape(hidden));
    shapes.put(name + ".bias", new Shape(hidden));
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws ModelFileException naming the file and the key that is missing, out of range or asks
   *     for something these kernels do not compute
   */
  public static EncoderConfig read(Path file) throws IOException {
    JsonFile json = JsonFile.read(file, MAX_CONFIG_BYTES);
    String word = json.text("model_type");
    Type type = null;
    for (Type each : Type.values()) {
      if (each.word.equals(word)) {
        type = each;
      }
    }
    if (type == null) {
      throw new ModelFileException(
          "Cannot use " + file + ": model_type is " + word + "; there are bert and xlm-roberta");
    }
    must(json, "hidden_act", "gelu", "gelu");
    must(json, "position_embedding_type", "absolute", "absolute");
    must(json, "is_decoder", false, false);
    int vocabulary = json.number("vocab_size", 1, 10_000_000);
    int heads = json.number("num_attention_heads", 1, 1024);
    try {
      return new EncoderConfig(
          type,
          json.number("hidden_size", 1, 65_536),
          json.number("num_hidden_layers", 1, 1024),
          heads,
          json.number("intermediate_size", 1, 1 << 20),
          vocabulary,
          json.number("max_position_embeddings", 1, 1 << 20),
          json.number("type_vocab_size", 1, 1024),
          json.fraction("layer_norm_eps", 0, 1, 1e-12),
          json.number("pad_token_id", 0, vocabulary - 1),
          json.fraction("hidden_dropout_prob", 0, 1, 0.1),
          json.fraction("attention_probs_dropout_prob", 0, 1, 0.1));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("Cannot use " + file + ": " + e.getMessage(), e);
    }
  }

  private static void must(JsonFile json, String key, Object wanted, Object absent)
      throws ModelFileException {
    Object value = json.find(key);
    if (!wanted.equals(value == null ? absent : value)) {
      throw new ModelFileException(
          "Cannot use "
              + json.path()
              + ": "
              + key
              + " is "
              + value
              + ", only "
              + wanted
              + " is computed here");
    }
  }

  /** Writes a {@code config.json} that Hugging Face's libraries read. */
  public void write(Path file) throws IOException {
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(file.toFile(), JsonEncoding.UTF8)
            .useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeArrayFieldStart("architectures");
      json.writeString(type.architecture);
      json.writeEndArray();
      json.writeNumberField("attention_probs_dropout_prob", attentionDropout);
      json.writeStringField("hidden_act", "gelu");
      json.writeNumberField("hidden_dropout_prob", dropout);
      json.writeNumberField("hidden_size", hidden);
      json.writeNumberField("initializer_range", 0.02);
      json.writeNumberField("intermediate_size", intermediate);
      json.writeNumberField("layer_norm_eps", normEpsilon);
      json.writeNumberField("max_position_embeddings", positions);
      json.writeStringField("model_type", type.word);
      json.writeNumberField("num_attention_heads", heads);
      json.writeNumberField("num_hidden_layers", layers);
      json.writeNumberField("pad_token_id", padId);
      json.writeStringField("position_embedding_type", "absolute");
      json.writeStringField("torch_dtype", "float32");
      json.writeNumberField("type_vocab_size", tokenTypes);
      json.writeNumberField("vocab_size", vocabulary);
      json.writeEndObject();
    }
  }
}
