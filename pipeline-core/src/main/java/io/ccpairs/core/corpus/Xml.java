package io.ccpairs.core.corpus;

/** Escapes text for XML. */
final class Xml {
  private Xml() {}

  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\n' -> escaped.append("&#xA;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /** For element content, where line breaks stand as they are. */
  static String content(String text) {
    return escape(text).replace("&#xA;", "\n");
  }
}
