package io.ccpairs.jobs.leak;

import io.ccpairs.core.input.Csv;
import io.ccpairs.core.input.Lines;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;

/** The texts that lie in files of plain text: fields, lines, or the documents of TREC. */
final class TextFiles {
  private static final int MAX_TEXT_CHARS = 16 << 20;

  private TextFiles() {}

  /** Every field of a file of tab-separated values, read without quoting. */
  static void tsv(Lines lines, Consumer<String> texts) throws IOException {
    for (String line = lines.next(); line != null; line = lines.next()) {
      for (String field : line.split("\t")) {
        texts.accept(field);
      }
    }
  }

  /** Every field of a file of comma-separated values. */
  static void csv(Lines lines, Consumer<String> texts) throws IOException {
    for (String line = lines.next(); line != null; line = lines.next()) {
      Csv.fields(line, lines).forEach(texts);
    }
  }

  /**
   * Every line; or, of a file that begins as TREC's do ({@code <DOC>}, {@code <top>}, {@code .I}),
   * the texts between its marks, each with its lines joined.
   */
  static void linesOrTrec(Lines lines, Consumer<String> texts) throws IOException {
    StringBuilder open = new StringBuilder();
    boolean trec = false;
    boolean first = true;
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (first && !line.isBlank()) {
        first = false;
        trec = line.startsWith(".I ") || isTag(line);
      }
      if (!trec) {
        texts.accept(line);
      } else if (isMark(line)) {
        close(open, texts);
        open.append(withoutTags(line));
      } else {
        open.append(' ').append(line);
      }
      if (open.length() > MAX_TEXT_CHARS) {
        throw lines.error("a text of more than " + MAX_TEXT_CHARS + " characters");
      }
    }
    close(open, texts);
  }

  private static boolean isTag(String line) {
    String lower = line.strip().toLowerCase(Locale.ROOT);
    return lower.startsWith("<doc>") || lower.startsWith("<top>");
  }

  /** Whether a line begins with a tag, or with a dot and a capital that stand alone. */
  private static boolean isMark(String line) {
    return line.startsWith("<")
        || (line.startsWith(".")
            && line.length() > 1
            && line.charAt(1) >= 'A'
            && line.charAt(1) <= 'Z'
            && (line.length() == 2 || line.charAt(2) == ' '));
  }

  /** What stands behind the tags of a line, but for numbers of documents and topics. */
  private static String withoutTags(String line) {
    if (line.startsWith(".")) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    int from = 0;
    int open = line.indexOf('<');
    int close = line.indexOf('>', open + 1);
    while (open >= 0 && close >= 0) {
      text.append(line, from, open).append(' ');
      from = close + 1;
      if (isNumber(line, open, close)) {
        from = behind("</" + line.substring(open + 1, close) + ">", line, from);
      }
      open = line.indexOf('<', from);
      close = line.indexOf('>', open + 1);
    }
    return text.append(line, from, line.length()).toString();
  }

  private static boolean isNumber(String line, int open, int close) {
    return line.regionMatches(true, open, "<docno>", 0, close + 1 - open)
        || line.regionMatches(true, open, "<num>", 0, close + 1 - open);
  }

  /** Where a line goes on behind the first of these tags; its end where there is none. */
  private static int behind(String tag, String line, int from) {
    int at = line.indexOf('<', from);
    while (at >= 0 && !line.regionMatches(true, at, tag, 0, tag.length())) {
      at = line.indexOf('<', at + 1);
    }
    return at < 0 ? line.length() : at + tag.length();
  }

  private static void close(StringBuilder open, Consumer<String> texts) {
    String text = open.toString().strip();
    if (!text.isEmpty()) {
      texts.accept(text);
    }
    open.setLength(0);
  }
}
