package io.ccpairs.core.eval.task;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ccpairs.core.input.Lines;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One JSON object: its texts and numbers by name; those of objects inside it as if they were its
 * own, where it has none of that name itself.
 */
final class JsonLine {
  static final JsonFactory FACTORY = new JsonFactory();

  private JsonLine() {}

  static Map<String, String> parse(String line, Lines at) throws IOException {
    try (JsonParser json = FACTORY.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw at.error("not a JSON object");
      }
      Map<String, String> values = object(json);
      if (json.nextToken() != null) {
        throw at.error("more than one JSON object");
      }
      return values;
    } catch (JacksonException e) {
      throw at.error(e.getOriginalMessage());
    }
  }

  /** Reads an object whose brace was read. */
  static Map<String, String> object(JsonParser json) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    int depth = 1;
    String field = "";
    while (depth > 0) {
      JsonToken token = json.nextToken();
      if (token == null) {
        break;
      }
      switch (token) {
        case START_OBJECT -> depth++;
        case END_OBJECT -> depth--;
        case START_ARRAY -> json.skipChildren();
        case FIELD_NAME -> field = json.currentName();
        case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
          if (depth == 1) {
            values.put(field, json.getText());
          } else {
            values.putIfAbsent(field, json.getText());
          }
        }
        default -> {}
      }
    }
    return values;
  }

  /** The first of these names that is there; empty where none is. */
  static String first(Map<String, String> values, String... names) {
    for (String name : names) {
      String value = values.get(name);
      if (value != null) {
        return value;
      }
    }
    return "";
  }
}
