package io.ccpairs.core.encoder.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A small JSON file read whole: the configuration files of a model folder. Objects are maps in file
 * order; a file larger than its limit, nested deeper than 64 or with a key twice is refused.
 */
public final class JsonFile {
  private static final int MAX_DEPTH = 64;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private final Path path;
  private final Map<String, @Nullable Object> values;

  private JsonFile(Path path, Map<String, @Nullable Object> values) {
    this.path = path;
    this.values = values;
  }

  /**
   * Reads a file that holds one JSON object.
   *
   * @throws ModelFileException when it is missing, too large or no JSON object, naming the file
   */
  public static JsonFile read(Path path, long maxBytes) throws IOException {
    return parse(
        path,
        maxBytes,
        json -> {
          if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new ModelFileException("Cannot read " + path + ": not a JSON object");
          }
          return new JsonFile(path, object(json));
        });
  }

  /**
   * Reads a file that holds one JSON array.
   *
   * @throws ModelFileException when it is missing, too large or no JSON array, naming the file
   */
  public static List<@Nullable Object> readArray(Path path, long maxBytes) throws IOException {
    return parse(
        path,
        maxBytes,
        json -> {
          if (json.nextToken() != JsonToken.START_ARRAY) {
            throw new ModelFileException("Cannot read " + path + ": not a JSON array");
          }
          return array(json);
        });
  }

  private interface Parse<T> {
    T from(JsonParser json) throws IOException;
  }

  private static <T> T parse(Path path, long maxBytes, Parse<T> parse) throws IOException {
    try {
      long bytes = Files.size(path);
      if (bytes > maxBytes) {
        throw new ModelFileException(
            "Cannot read " + path + ": " + bytes + " bytes, the limit is " + maxBytes);
      }
      try (InputStream in = new BufferedInputStream(Files.newInputStream(path));
          JsonParser json = FACTORY.createParser(in)) {
        T parsed = parse.from(json);
        if (json.nextToken() != null) {
          throw new ModelFileException("Cannot read " + path + ": text after the JSON value");
        }
        return parsed;
      }
    } catch (NoSuchFileException e) {
      throw new ModelFileException("Cannot read " + path + ": no such file", e);
    } catch (JsonProcessingException e) {
      throw new ModelFileException("Cannot read " + path + ": " + e.getOriginalMessage(), e);
    }
  }

  /** The top level's values by key. */
  public Map<String, @Nullable Object> values() {
    return Collections.unmodifiableMap(values);
  }

  /** The value under nested keys; null where any of them is missing. */
  public @Nullable Object find(String... keys) {
    Object value = values;
    for (String key : keys) {
      value = value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return value;
  }

  /** The text under a key. */
  public String text(String key) throws ModelFileException {
    Object value = values.get(key);
    if (value instanceof String text) {
      return text;
    }
    throw wrong(key, value, "a text");
  }

  /** The whole number under a key, between {@code least} and {@code most}. */
  public int number(String key, int least, int most) throws ModelFileException {
    Object value = values.get(key);
    if (value instanceof Long number && number >= least && number <= most) {
      return number.intValue();
    }
    throw wrong(key, value, "a whole number from " + least + " to " + most);
  }

  /**
   * The number under a key, or {@code absent} where the key is missing; {@code least ≤ x < most}.
   */
  public double fraction(String key, double least, double most, double absent)
      throws ModelFileException {
    Object value = values.get(key);
    if (value == null) {
      return absent;
    }
    if (value instanceof Number number
        && number.doubleValue() >= least
        && number.doubleValue() < most) {
      return number.doubleValue();
    }
    throw wrong(key, value, "a number from " + least + " to below " + most);
  }

  /** The file. */
  public Path path() {
    return path;
  }

  private ModelFileException wrong(String key, @Nullable Object value, String wanted) {
    return new ModelFileException(
        "Cannot use "
            + path
            + ": "
            + key
            + " is "
            + (value == null ? "missing" : value)
            + ", not "
            + wanted);
  }

  /** Depth is bounded by the factory's constraint, so recursion is. */
  private static @Nullable Object value(JsonParser json, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object(json);
      case START_ARRAY -> array(json);
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT ->
          json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? (Object) json.getDoubleValue()
              : (Object) json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private static Map<String, @Nullable Object> object(JsonParser json) throws IOException {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      values.put(key, value(json, json.nextToken()));
    }
    return values;
  }

  private static List<@Nullable Object> array(JsonParser json) throws IOException {
    List<@Nullable Object> values = new ArrayList<>();
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      values.add(value(json, token));
    }
    return values;
  }
}
