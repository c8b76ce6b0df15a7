package io.ccpairs.core.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A retrieval task in BEIR's form over concepts that no thread or page of the corpus is about: each
 * query asks for the one passage about its concept, among ten times as many.
 */
final class HeldOut {
  private static final int PASSAGES_FOR_QUERY = 10;

  private final CorpusConfig config;
  private final Topics topics = Topics.all();

  HeldOut(CorpusConfig config) {
    this.config = config;
  }

  private int passages() {
    return Math.min(topics.heldOut().length, config.heldOutQueries() * PASSAGES_FOR_QUERY);
  }

  void writeCorpus(OutputStream out) throws IOException {
    int[] numbers = topics.heldOut();
    try (JsonGenerator json = lines(out)) {
      for (int i = 0; i < passages(); i++) {
        Concept concept = topics.concept(numbers[i]);
        json.writeStartObject();
        json.writeStringField("_id", "d" + i);
        json.writeStringField("title", "");
        json.writeStringField(
            "text",
            new Phrases(topics, Dice.of(config.seed(), "held-out passage", i)).passage(concept));
        json.writeEndObject();
      }
    }
  }

  void writeQueries(OutputStream out) throws IOException {
    int[] numbers = topics.heldOut();
    try (JsonGenerator json = lines(out)) {
      for (int i = 0; i < Math.min(config.heldOutQueries(), passages()); i++) {
        Concept concept = topics.concept(numbers[i]);
        json.writeStartObject();
        json.writeStringField("_id", "q" + i);
        json.writeStringField(
            "text",
            new Phrases(topics, Dice.of(config.seed(), "held-out query", i)).question(concept));
        json.writeEndObject();
      }
    }
  }

  void writeQrels(OutputStream out) throws IOException {
    StringBuilder qrels = new StringBuilder("query-id\tcorpus-id\tscore\n");
    for (int i = 0; i < Math.min(config.heldOutQueries(), passages()); i++) {
      qrels.append('q').append(i).append("\td").append(i).append("\t1\n");
    }
    out.write(qrels.toString().getBytes(UTF_8));
  }

  private static JsonGenerator lines(OutputStream out) throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.setRootValueSeparator(new SerializedString("\n"));
    return json;
  }
}
