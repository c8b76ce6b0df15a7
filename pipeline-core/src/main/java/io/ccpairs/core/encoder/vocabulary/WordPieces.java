package io.ccpairs.core.encoder.vocabulary;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The pieces of a WordPiece tokenizer; a piece's place is its id. Pieces inside a word begin with
 * {@code ##}.
 *
 * @param pieces all of them, without repetition; the special ones of {@link #SPECIAL} come first
 */
public record WordPieces(List<String> pieces) {
  /** Padding is id 0, as an encoder of {@code EncoderConfig.bert} expects. */
  public static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  static final String INSIDE = "##";
  static final int MAX_WORD_CHARS = 100; // a longer word is one unknown piece, as in BERT

  public WordPieces {
    pieces = List.copyOf(pieces);
    Set<String> distinct = new HashSet<>(pieces);
    if (distinct.size() != pieces.size()
        || pieces.size() < SPECIAL.size()
        || !pieces.subList(0, SPECIAL.size()).equals(SPECIAL)) {
      throw new IllegalArgumentException(
          "Cannot make a vocabulary of "
              + pieces.size()
              + " pieces, "
              + distinct.size()
              + " of them distinct: it must begin with "
              + SPECIAL);
    }
  }

  /** How many there are: the rows of the model's word table. */
  public int size() {
    return pieces.size();
  }

  /**
   * Writes a {@code tokenizer.json} as Hugging Face's tokenizers read it: an uncased BERT's
   * normaliser and splitting, these pieces, {@code [CLS] text [SEP]}.
   */
  public void write(Path file) throws IOException {
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(file.toFile(), JsonEncoding.UTF8)
            .useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("version", "1.0");
      json.writeNullField("truncation");
      json.writeNullField("padding");
      json.writeArrayFieldStart("added_tokens");
      for (int id = 0; id < SPECIAL.size(); id++) {
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeStringField("content", SPECIAL.get(id));
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
          json.writeBooleanField(flag, false);
        }
        json.writeBooleanField("special", true);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeObjectFieldStart("normalizer");
      json.writeStringField("type", "BertNormalizer");
      json.writeBooleanField("clean_text", true);
      json.writeBooleanField("handle_chinese_chars", true);
      json.writeNullField("strip_accents");
      json.writeBooleanField("lowercase", true);
      json.writeEndObject();
      json.writeObjectFieldStart("pre_tokenizer");
      json.writeStringField("type", "BertPreTokenizer");
      json.writeEndObject();
      postProcessor(json);
      json.writeObjectFieldStart("decoder");
      json.writeStringField("type", "WordPiece");
      json.writeStringField("prefix", INSIDE);
      json.writeBooleanField("cleanup", true);
      json.writeEndObject();
      json.writeObjectFieldStart("model");
      json.writeStringField("type", "WordPiece");
      json.writeStringField("unk_token", "[UNK]");
      json.writeStringField("continuing_subword_prefix", INSIDE);
      json.writeNumberField("max_input_chars_per_word", MAX_WORD_CHARS);
      json.writeObjectFieldStart("vocab");
      for (int id = 0; id < pieces.size(); id++) {
        json.writeNumberField(pieces.get(id), id);
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private static void postProcessor(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("post_processor");
    json.writeStringField("type", "TemplateProcessing");
    json.writeArrayFieldStart("single");
    part(json, "SpecialToken", "[CLS]", 0);
    part(json, "Sequence", "A", 0);
    part(json, "SpecialToken", "[SEP]", 0);
    json.writeEndArray();
    json.writeArrayFieldStart("pair");
    part(json, "SpecialToken", "[CLS]", 0);
    part(json, "Sequence", "A", 0);
    part(json, "SpecialToken", "[SEP]", 0);
    part(json, "Sequence", "B", 1);
    part(json, "SpecialToken", "[SEP]", 1);
    json.writeEndArray();
    json.writeObjectFieldStart("special_tokens");
    for (String token : List.of("[CLS]", "[SEP]")) {
      json.writeObjectFieldStart(token);
      json.writeStringField("id", token);
      json.writeFieldName("ids");
      json.writeArray(new int[] {SPECIAL.indexOf(token)}, 0, 1);
      json.writeFieldName("tokens");
      json.writeArray(new String[] {token}, 0, 1);
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void part(JsonGenerator json, String kind, String id, int type)
      throws IOException {
    json.writeStartObject();
    json.writeObjectFieldStart(kind);
    json.writeStringField("id", id);
    json.writeNumberField("type_id", type);
    json.writeEndObject();
    json.writeEndObject();
  }
}
