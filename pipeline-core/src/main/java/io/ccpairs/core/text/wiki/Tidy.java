package io.ccpairs.core.text.wiki;

/**
 * Mends what dropped templates and references leave behind: empty parentheses and brackets, doubled
 * spaces, spaces before a comma. What is shielded, such as code, is left as it is, and is shielded
 * no more.
 */
final class Tidy {
  /** Characters of ASCII that stay as they are, whatever stands before them. */
  private static final boolean[] WORDS = new boolean[128];

  static {
    for (char c = ' '; c < 0x7F; c++) {
      WORDS[c] = " ,;.)]".indexOf(c) < 0;
    }
  }

  private final char[] raw;
  private final int rawLength;
  private final char[] out;
  private int length;

  /** Whether something shielded stands in the line. */
  private boolean shielded;

  /** Nothing here makes a text longer, so the room is known. */
  private Tidy(Chars text) {
    raw = text.array();
    rawLength = text.length();
    out = new char[rawLength];
  }

  /** The lines of a text, mended; blank lines and lines of marks alone are left out. */
  static String lines(Chars raw) {
    return raw.length() == 0 ? "" : new Tidy(raw).lines();
  }

  private String lines() {
    int start = 0;
    while (start < rawLength) {
      int end = start;
      while (end < rawLength && raw[end] != '\n') {
        end++;
      }
      int before = length;
      if (before > 0) {
        out[length++] = '\n';
      }
      int from = length;
      shielded = false;
      line(start, end, from);
      boolean says = saysSomething(from);
      if (shielded) {
        says |= unshield(from);
      }
      if (!says) {
        length = before;
      }
      start = end + 1;
    }
    return new String(out, 0, length);
  }

  private void line(int start, int end, int from) {
    for (int i = words(start, end); i < end; i = words(i + 1, end)) {
      char c = raw[i];
      char last = length > from ? out[length - 1] : '\n';
      switch (c) {
        case ' ', '\t', '\u00A0', '\u3000' -> {
          if (last != '\n' && last != ' ' && last != '(' && last != '（') {
            out[length++] = ' ';
          }
        }
        case ',', ';', '，', '、' -> {
          if (last == '(' || last == '（') {
            // The first part of the parenthesis is gone.
            continue;
          }
          if (last == ' ' && c != ';') {
            length--;
            last = length > from ? out[length - 1] : '\n';
          }
          if (last != c) {
            out[length++] = c;
          }
        }
        case '.' -> {
          boolean ends = i + 1 >= end || raw[i + 1] == ' ';
          if (last == ' ' && ends) {
            length--;
          }
          out[length++] = c;
        }
        case ')', '）' -> closeParenthesis(from, c);
        case ']' -> {
          if (last == '[' && isBetweenWords(i, end, from)) {
            length -= 2;
          } else {
            out[length++] = c;
          }
        }
        default -> {
          shielded |= c >= Shield.BASE && c < Shield.BASE + 128;
          out[length++] = Character.isISOControl(c) ? ' ' : c;
        }
      }
    }
    while (length > from && out[length - 1] == ' ') {
      length--;
    }
  }

  /** Copies what stays as it is; gives the place behind it. */
  private int words(int from, int end) {
    final char[] raw = this.raw;
    final char[] out = this.out;
    int to = length;
    int i = from;
    while (i < end && raw[i] < 128 && WORDS[raw[i]]) {
      out[to++] = raw[i++];
    }
    length = to;
    return i;
  }

  private void closeParenthesis(int from, char close) {
    int i = length;
    while (i > from && " ,;:/–".indexOf(out[i - 1]) >= 0) {
      i--;
    }
    if (i > from && (out[i - 1] == '(' || out[i - 1] == '（')) {
      length = i - 1;
      if (length > from && out[length - 1] == ' ') {
        length--;
      }
      return;
    }
    while (length > from
        && (out[length - 1] == ' ' || out[length - 1] == ',' || out[length - 1] == ';')) {
      length--;
    }
    out[length++] = close;
  }

  /**
   * Whether empty brackets held what a template said of the word before them, most often how it
   * sounds; in code they stand otherwise.
   */
  private boolean isBetweenWords(int close, int end, int from) {
    int word = length - 3;
    boolean behindWord =
        word >= from && out[length - 2] == ' ' && Character.isLetterOrDigit(out[word]);
    if (!behindWord || close + 1 >= end) {
      return false;
    }
    char next = raw[close + 1];
    return next == ','
        || (next == ' ' && close + 2 < end && Character.isLetterOrDigit(raw[close + 2]));
  }

  /** Gives shielded characters back, blanks at the end apart; says whether any was no blank. */
  private boolean unshield(int from) {
    while (length > from && (out[length - 1] == ' ' || isShieldedBlank(out[length - 1]))) {
      length--;
    }
    boolean marks = false;
    for (int i = from; i < length; i++) {
      char c = out[i];
      if (c >= Shield.BASE && c < Shield.BASE + 128) {
        marks |= !isShieldedBlank(c);
        out[i] = (char) (c - Shield.BASE);
      }
    }
    return marks;
  }

  private static boolean isShieldedBlank(char c) {
    return c == Shield.BASE + ' ' || c == Shield.BASE + '\t';
  }

  private boolean saysSomething(int from) {
    for (int i = from; i < length; i++) {
      if (Character.isLetterOrDigit(out[i]) || Character.isSurrogate(out[i])) {
        return true;
      }
    }
    return false;
  }
}
