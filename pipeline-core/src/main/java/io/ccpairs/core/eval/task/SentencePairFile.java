package io.ccpairs.core.eval.task;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.input.CorruptInputException;
import io.ccpairs.core.input.Csv;
import io.ccpairs.core.input.Lines;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Files of sentence pairs, and of sentences line by line. */
public final class SentencePairFile {
  private SentencePairFile() {}

  /** How a file holds its pairs. */
  public enum Format {
    /** Tabs between columns; quotes are text. */
    TSV,
    /** Commas between columns; quotes around those that hold commas, quotes or line breaks. */
    CSV,
    /** One JSON object a line. */
    JSONL,
    /** One JSON array of objects. */
    JSON
  }

  /**
   * Where the parts of a pair stand.
   *
   * @param format of the file
   * @param first column or field of the one sentence: a number from 0, or a name, for which the
   *     first line of TSV and CSV must be a heading
   * @param second of the other sentence
   * @param score of the score
   */
  public record Layout(Format format, String first, String second, String score)
      implements Serializable {}

  /**
   * Adds the pairs of files one after another.
   *
   * @throws CorruptInputException when a line lacks a column or a score is no number, naming it
   */
  public static SentencePairs read(List<ByteSource> files, Layout layout) throws IOException {
    Collected pairs = new Collected();
    for (ByteSource file : files) {
      switch (layout.format) {
        case TSV, CSV -> table(file, layout, pairs);
        case JSONL -> {
          try (Lines lines = Lines.open(file)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
              if (!line.isBlank()) {
                pairs.add(JsonLine.parse(line, lines), layout, file, "line " + lines.number());
              }
            }
          }
        }
        case JSON -> array(file, layout, pairs);
      }
    }
    return new SentencePairs(pairs.first, pairs.second, pairs.scores, pairs.unscored);
  }

  /** The lines of a file as sentences. */
  public static List<String> sentences(ByteSource file) throws IOException {
    List<String> sentences = new ArrayList<>();
    try (Lines lines = Lines.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        sentences.add(line);
      }
    }
    return sentences;
  }

  private static final class Collected {
    private final List<String> first = new ArrayList<>();
    private final List<String> second = new ArrayList<>();
    private final List<Double> scores = new ArrayList<>();
    private int unscored;

    void add(Map<String, String> values, Layout layout, ByteSource file, String place)
        throws CorruptInputException {
      String one = values.get(layout.first);
      String other = values.get(layout.second);
      String score = values.get(layout.score);
      if (one == null || other == null || score == null) {
        throw new CorruptInputException(
            file.name(),
            place,
            "there is no "
                + (one == null ? layout.first : other == null ? layout.second : layout.score)
                + ", only "
                + values.keySet());
      }
      if (score.isBlank()) {
        unscored++;
        return;
      }
      double number;
      try {
        number = Double.parseDouble(score.strip());
      } catch (NumberFormatException e) {
        number = Double.NaN;
      }
      if (!Double.isFinite(number)) {
        throw new CorruptInputException(file.name(), place, "the score " + score + " is no number");
      }
      scores.add(number);
      first.add(one.strip());
      second.add(other.strip());
    }
  }

  private static void table(ByteSource file, Layout layout, Collected pairs) throws IOException {
    try (Lines lines = Lines.open(file)) {
      boolean heading = !(number(layout.first) && number(layout.second) && number(layout.score));
      List<String> names = List.of();
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.isEmpty()) {
          continue;
        }
        List<String> columns =
            layout.format == Format.TSV ? List.of(line.split("\t", -1)) : Csv.fields(line, lines);
        if (heading && names.isEmpty()) {
          names = columns;
          continue;
        }
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < columns.size(); i++) {
          values.put(heading && i < names.size() ? names.get(i) : "" + i, columns.get(i));
        }
        pairs.add(values, layout, file, "line " + lines.number());
      }
    }
  }

  private static boolean number(String column) {
    return !column.isEmpty() && column.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static void array(ByteSource file, Layout layout, Collected pairs) throws IOException {
    try (InputStream in = Lines.stream(file);
        JsonParser json = JsonLine.FACTORY.createParser(in)) {
      if (json.nextToken() != JsonToken.START_ARRAY) {
        throw new CorruptInputException(file.name(), "its beginning", "not a JSON array");
      }
      while (json.nextToken() == JsonToken.START_OBJECT) {
        String place = "line " + json.currentLocation().getLineNr();
        pairs.add(new LinkedHashMap<>(JsonLine.object(json)), layout, file, place);
      }
      if (json.currentToken() != JsonToken.END_ARRAY) {
        throw new CorruptInputException(file.name(), "its end", "the JSON array is cut short");
      }
    } catch (JacksonException e) {
      throw new CorruptInputException(
          file.name(), "line " + e.getLocation().getLineNr(), e.getOriginalMessage());
    }
  }
}
