package io.ccpairs.jobs.leak;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;

/** The texts that lie in files of plain text: fields, lines, or the documents of TREC. */
final class TextFiles {
  private static final int MAX_TEXT_CHARS = 16 << 20;

  private TextFiles() {}

  /** Every field of a file of tab-separated values, read without quoting. */
  static void tsv(BufferedReader reader, Consumer<String> texts) throws IOException {
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      for (String field : bounded(line).split("\t")) {
        texts.accept(field);
      }
    }
  }

  /**
   * Every field of a file of comma-separated values (RFC 4180): a field that begins with a quote
   * ends with one, may hold commas and line breaks, and writes a quote twice.
   *
   * @throws IOException for a quote that is never closed
   */
  static void csv(BufferedReader reader, Consumer<String> texts) throws IOException {
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    int lines = 1;
    int opened = 0;
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      lines += c == '\n' ? 1 : 0;
      if (quoted && c == '"') {
        reader.mark(1);
        int next = reader.read();
        if (next == '"') {
          field.append('"');
        } else {
          quoted = false;
          reader.reset();
        }
      } else if (quoted) {
        field.append((char) c);
      } else if (c == '"' && field.isEmpty()) {
        quoted = true;
        opened = lines;
      } else if (c == ',' || c == '\n' || c == '\r') {
        texts.accept(field.toString());
        field.setLength(0);
      } else {
        field.append((char) c);
      }
      if (field.length() > MAX_TEXT_CHARS) {
        throw new IOException("a field of more than " + MAX_TEXT_CHARS + " characters");
      }
    }
    if (quoted) {
      throw new IOException("the quote of line " + opened + " is never closed");
    }
    texts.accept(field.toString());
  }

  /**
   * Every line; or, of a file that begins as TREC's do ({@code <DOC>}, {@code <top>}, {@code .I}),
   * the texts between its marks, each with its lines joined.
   */
  static void linesOrTrec(BufferedReader reader, Consumer<String> texts) throws IOException {
    StringBuilder open = new StringBuilder();
    boolean trec = false;
    boolean first = true;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (first && !line.isBlank()) {
        first = false;
        trec = line.startsWith(".I ") || isTag(line);
      }
      if (!trec) {
        texts.accept(bounded(line));
      } else if (isMark(line)) {
        close(open, texts);
        open.append(withoutTags(line));
      } else {
        open.append(' ').append(line);
        bounded(open);
      }
    }
    close(open, texts);
  }

  private static boolean isTag(String line) {
    String lower = line.strip().toLowerCase(Locale.ROOT);
    return lower.startsWith("<doc>") || lower.startsWith("<top>");
  }

  private static boolean isMark(String line) {
    return line.startsWith("<") || line.matches("\\.[A-Z]( .*)?");
  }

  /** What stands behind the tags of a line, but for numbers of documents and topics. */
  private static String withoutTags(String line) {
    return line.startsWith(".")
        ? ""
        : line.replaceAll("(?i)<(docno|num)>.*?(</\\1>|$)", " ").replaceAll("<[^>]*>", " ");
  }

  private static void close(StringBuilder open, Consumer<String> texts) {
    String text = open.toString().strip();
    if (!text.isEmpty()) {
      texts.accept(text);
    }
    open.setLength(0);
  }

  private static <T extends CharSequence> T bounded(T text) throws IOException {
    if (text.length() > MAX_TEXT_CHARS) {
      throw new IOException("a text of more than " + MAX_TEXT_CHARS + " characters");
    }
    return text;
  }
}
