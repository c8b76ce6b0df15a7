package io.ccpairs.core.text.wiki;

/**
 * Mends what dropped templates and references leave behind: empty parentheses, doubled spaces,
 * spaces before a comma.
 */
final class Tidy {
  private Tidy() {}

  /** The lines of a text, mended; blank lines and lines of marks alone are left out. */
  static String lines(StringBuilder raw) {
    StringBuilder out = new StringBuilder(raw.length());
    int start = 0;
    int length = raw.length();
    while (start < length) {
      int end = start;
      while (end < length && raw.charAt(end) != '\n') {
        end++;
      }
      int before = out.length();
      if (before > 0) {
        out.append('\n');
      }
      int from = out.length();
      line(raw, start, end, out, from);
      if (!saysSomething(out, from)) {
        out.setLength(before);
      }
      start = end + 1;
    }
    return out.toString();
  }

  private static void line(StringBuilder raw, int start, int end, StringBuilder out, int from) {
    for (int i = start; i < end; i++) {
      char c = raw.charAt(i);
      int length = out.length();
      char last = length > from ? out.charAt(length - 1) : '\n';
      switch (c) {
        case ' ', '\t', '\u00A0', '\u3000' -> {
          if (last != '\n' && last != ' ' && last != '(' && last != '（') {
            out.append(' ');
          }
        }
        case ',', ';', '，', '、' -> {
          if (last == '(' || last == '（') {
            // The first part of the parenthesis is gone.
            continue;
          }
          if (last == ' ' && c != ';') {
            out.setLength(length - 1);
            last = length - 1 > from ? out.charAt(length - 2) : '\n';
          }
          if (last != c) {
            out.append(c);
          }
        }
        case '.' -> {
          boolean ends = i + 1 >= end || raw.charAt(i + 1) == ' ';
          if (last == ' ' && ends) {
            out.setLength(length - 1);
          }
          out.append(c);
        }
        case ')', '）' -> closeParenthesis(out, from, c);
        default -> out.append(Character.isISOControl(c) ? ' ' : c);
      }
    }
    int length = out.length();
    while (length > from && out.charAt(length - 1) == ' ') {
      length--;
    }
    out.setLength(length);
  }

  private static void closeParenthesis(StringBuilder out, int from, char close) {
    int i = out.length();
    while (i > from && " ,;:/–".indexOf(out.charAt(i - 1)) >= 0) {
      i--;
    }
    if (i > from && (out.charAt(i - 1) == '(' || out.charAt(i - 1) == '（')) {
      out.setLength(i - 1);
      if (out.length() > from && out.charAt(out.length() - 1) == ' ') {
        out.setLength(out.length() - 1);
      }
      return;
    }
    int length = out.length();
    while (length > from
        && (out.charAt(length - 1) == ' '
            || out.charAt(length - 1) == ','
            || out.charAt(length - 1) == ';')) {
      length--;
    }
    out.setLength(length);
    out.append(close);
  }

  private static boolean saysSomething(StringBuilder out, int from) {
    for (int i = from; i < out.length(); i++) {
      if (Character.isLetterOrDigit(out.charAt(i)) || Character.isSurrogate(out.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
