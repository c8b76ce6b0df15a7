package io.ccpairs.core.train.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code metrics.jsonl}: one JSON object a line, its first key {@code step}. Numbers that are not
 * finite are written as null, which JSON has for them.
 */
public final class MetricsLog {
  private static final JsonFactory JSON = new JsonFactory();

  private MetricsLog() {}

  /** One line for a step, with its line break. */
  public static String line(long step, Map<String, Double> values) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("step", step);
      for (Map.Entry<String, Double> entry : values.entrySet()) {
        double value = entry.getValue();
        if (!Double.isFinite(value)) {
          json.writeNullField(entry.getKey());
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
          json.writeNumberField(entry.getKey(), (long) value);
        } else {
          json.writeNumberField(entry.getKey(), value);
        }
      }
      json.writeEndObject();
    }
    return text + "\n";
  }

  /** The numbers of a line by name; empty where the line is no whole object. */
  public static Map<String, Double> parse(String line) throws IOException {
    Map<String, Double> values = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Map.of();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        values.put(name, json.nextToken().isNumeric() ? json.getDoubleValue() : Double.NaN);
      }
      return json.currentToken() == JsonToken.END_OBJECT ? values : Map.of();
    } catch (JsonProcessingException e) {
      return Map.of();
    }
  }
}
