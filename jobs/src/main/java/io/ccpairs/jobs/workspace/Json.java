package io.ccpairs.jobs.workspace;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Small JSON files that are either whole or not there. */
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          // A manifest of a newer version may say more than we know.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Json() {}

  /** The value as indented JSON. */
  public static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write " + value.getClass() + " as JSON", e);
    }
  }

  /** The value as one line of JSON. */
  public static String line(Object value) {
    try {
      return MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write " + value.getClass() + " as JSON", e);
    }
  }

  /** Reads a file written by {@link #write}. */
  public static <T> T read(FileSystem files, Path file, Class<T> type) throws IOException {
    try (InputStream in = files.open(file)) {
      return MAPPER.readValue(in, type);
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new IOException("Cannot read " + file + ": " + e.getOriginalMessage(), e);
    }
  }

  /** What was read as a tree, as a value. */
  static <T> T as(JsonNode read, Class<T> type) throws IOException {
    return MAPPER.treeToValue(read, type);
  }

  /**
   * Writes beside the place and renames: who looks sees the old file, none, or the whole new one.
   */
  public static void write(FileSystem files, Path file, Object value) throws IOException {
    Path whole = new Path(file.getParent(), "_" + file.getName() + "." + UUID.randomUUID());
    try (OutputStream out = files.create(whole, false)) {
      out.write(MAPPER.writeValueAsBytes(value));
    }
    files.delete(file, false);
    if (!files.rename(whole, file)) {
      files.delete(whole, false);
      throw new IOException(
          "Cannot write " + file + ": the file system refused to rename " + whole);
    }
  }
}
