package io.ccpairs.core.input;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values (RFC 4180): a field that begins with a quote ends with one, may hold
 * commas and line breaks, and writes a quote twice.
 */
public final class Csv {
  private static final int MAX_FIELD_CHARS = 16 << 20;

  private Csv() {}

  /**
   * The fields of a record.
   *
   * @param first its first line
   * @param lines behind that line; as many are read as the record has
   * @throws CorruptInputException for a quote that is never closed and for an endless field
   */
  public static List<String> fields(String first, Lines lines) throws IOException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    String line = first;
    boolean quoted = false;
    long opened = 0;
    int i = 0;
    while (true) {
      if (i == line.length()) {
        if (!quoted) {
          break;
        }
        line = lines.next();
        if (line == null || field.length() > MAX_FIELD_CHARS) {
          throw lines.error("the quote of line " + opened + " is never closed");
        }
        field.append('\n');
        i = 0;
        continue;
      }
      char c = line.charAt(i++);
      if (c == '"' && quoted && i < line.length() && line.charAt(i) == '"') {
        field.append('"');
        i++;
      } else if (c == '"' && (quoted || field.isEmpty())) {
        quoted = !quoted;
        opened = lines.number();
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
