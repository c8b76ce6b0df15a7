package io.ccpairs.core.eval.task;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.input.CorruptInputException;
import io.ccpairs.core.input.Lines;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Questions over paragraphs in the form of SQuAD, which XQuAD and KorQuAD have, as retrieval: of
 * all paragraphs, find the question's own; or, where the file divides paragraphs into sentences as
 * XQuAD-R does, find the sentence that holds the answer (LAReQA, Roy et al. 2020).
 */
public final class SquadFile {
  /** What is retrieved. */
  public enum Unit {
    PARAGRAPH,
    SENTENCE
  }

  private final Unit unit;
  private final String name;
  private final Map<String, String> queries = new LinkedHashMap<>();
  private final Map<String, String> passages = new LinkedHashMap<>();
  private final Map<String, String> idsOfTexts = new LinkedHashMap<>();
  private final Qrels qrels = new Qrels();

  private SquadFile(Unit unit, String name) {
    this.unit = unit;
    this.name = name;
  }

  /** Of a paragraph's fields those that count. */
  private static final class Paragraph {
    private String context = "";
    private final List<Question> questions = new ArrayList<>();
    private final List<int[]> breaks = new ArrayList<>();
  }

  private record Question(String id, String text, long answerStart) {}

  /**
   * Reads the file.
   *
   * @throws CorruptInputException when it has another form
   */
  public static RetrievalTask read(ByteSource file, Unit unit) throws IOException {
    SquadFile squad = new SquadFile(unit, file.name());
    try (InputStream in = Lines.stream(file);
        JsonParser json = JsonLine.FACTORY.createParser(in)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && json.currentName().equals("paragraphs")) {
          json.nextToken();
          while (json.nextToken() == JsonToken.START_OBJECT) {
            squad.add(paragraph(json));
          }
        }
      }
    } catch (JacksonException e) {
      throw new CorruptInputException(
          file.name(), "line " + e.getLocation().getLineNr(), e.getOriginalMessage());
    }
    if (squad.queries.isEmpty()) {
      throw new CorruptInputException(file.name(), "its end", "there is no question in it");
    }
    List<Passage> all = new ArrayList<>();
    squad.passages.forEach((id, text) -> all.add(new Passage(id, text)));
    return new RetrievalTask(squad.queries, squad.qrels, () -> Passages.of(all));
  }

  private static Paragraph paragraph(JsonParser json) throws IOException {
    Paragraph paragraph = new Paragraph();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "context" -> paragraph.context = json.getText();
        case "qas" -> {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            paragraph.questions.add(question(json));
          }
        }
        case "sentence_breaks" -> {
          while (json.nextToken() == JsonToken.START_ARRAY) {
            int[] ends = {json.nextIntValue(-1), json.nextIntValue(-1)};
            while (json.nextToken() != JsonToken.END_ARRAY) {
              json.skipChildren();
            }
            paragraph.breaks.add(ends);
          }
        }
        default -> json.skipChildren();
      }
    }
    return paragraph;
  }

  private static Question question(JsonParser json) throws IOException {
    String id = "";
    String text = "";
    long start = -1;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "id" -> id = json.getText();
        case "question" -> text = json.getText();
        case "answers" -> {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            String first = JsonLine.object(json).get("answer_start");
            start = start < 0 && first != null ? Long.parseLong(first) : start;
          }
        }
        default -> json.skipChildren();
      }
    }
    return new Question(id, text, start);
  }

  private void add(Paragraph paragraph) throws CorruptInputException {
    List<String> ids = new ArrayList<>();
    if (unit == Unit.PARAGRAPH) {
      ids.add(passage(paragraph.context));
    } else {
      if (paragraph.breaks.isEmpty()) {
        throw new CorruptInputException(
            name,
            "paragraph " + (passages.size() + 1),
            "it has no sentence_breaks; retrieve paragraphs instead");
      }
      int[] codePoints = paragraph.context.codePoints().toArray();
      for (int[] ends : paragraph.breaks) {
        if (ends[0] < 0 || ends[1] < ends[0] || ends[1] > codePoints.length) {
          throw new CorruptInputException(
              name, "sentence " + (passages.size() + 1), "it ends outside of its paragraph");
        }
        ids.add(passage(new String(codePoints, ends[0], ends[1] - ends[0]).strip()));
      }
    }
    for (Question question : paragraph.questions) {
      if (question.id.isEmpty() || queries.put(question.id, question.text) != null) {
        throw new CorruptInputException(
            name, "question '" + question.text + "'", "it has no id, or another question's");
      }
      String answer = unit == Unit.PARAGRAPH ? ids.get(0) : sentence(paragraph, question, ids);
      if (answer != null) {
        qrels.add(question.id, answer, 1);
      }
    }
  }

  /** The sentence in which the answer begins; null where no sentence holds it. */
  private static @Nullable String sentence(
      Paragraph paragraph, Question question, List<String> ids) {
    for (int i = 0; i < ids.size(); i++) {
      int[] ends = paragraph.breaks.get(i);
      if (question.answerStart >= ends[0] && question.answerStart < ends[1]) {
        return ids.get(i);
      }
    }
    return null;
  }

  /** Equal texts are one passage. */
  private String passage(String text) {
    return idsOfTexts.computeIfAbsent(
        text,
        absent -> {
          String id = "p" + passages.size();
          passages.put(id, text);
          return id;
        });
  }
}
