package io.ccpairs.core.corpus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The side file that says what was planted: one JSON object a line, {@code source_id} as the mined
 * table shows it, a {@code label} ({@code wrong}, {@code duplicate}, {@code near_duplicate}) and
 * for duplicates {@code of}.
 */
final class Truth implements Closeable {
  private final JsonGenerator json;

  Truth(OutputStream out) throws IOException {
    this.json = new JsonFactory().createGenerator(out);
    json.setRootValueSeparator(new com.fasterxml.jackson.core.io.SerializedString("\n"));
  }

  void wrong(String sourceId) throws IOException {
    line(sourceId, "wrong", "");
  }

  void repeats(String sourceId, String of, boolean changed) throws IOException {
    line(sourceId, changed ? "near_duplicate" : "duplicate", of);
  }

  private void line(String sourceId, String label, String of) throws IOException {
    json.writeStartObject();
    json.writeStringField("source_id", sourceId);
    json.writeStringField("label", label);
    if (!of.isEmpty()) {
      json.writeStringField("of", of);
    }
    json.writeEndObject();
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
