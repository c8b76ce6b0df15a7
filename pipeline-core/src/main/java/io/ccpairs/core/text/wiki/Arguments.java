package io.ccpairs.core.text.wiki;

import java.util.Arrays;

/**
 * What stands between the bars of a template: its parts without a name, in order, and the named.
 */
final class Arguments {
  private static final int MAX_NAME_CHARS = 30;

  private final char[] text;
  private int[] starts = new int[8];
  private int[] ends = new int[8];
  private int count;

  // Named parts: where the name begins, where the sign stands behind it, and where the part ends.
  private int[] names = new int[8];
  private int[] signs = new int[8];
  private int[] namedEnds = new int[8];
  private int named;

  Arguments(char[] text) {
    this.text = text;
  }

  /** Finds the parts from behind the first bar up to a place that closes the last of them. */
  void read(int from, int inner, int maxChars) {
    count = 0;
    named = 0;
    int limit = Math.min(inner, from + maxChars);
    int depth = 0;
    int start = from;
    for (int i = from; i <= limit; i++) {
      if (i == inner || (depth == 0 && text[i] == '|')) {
        part(start, i);
        start = i + 1;
      } else if (text[i] == '{' || text[i] == '[') {
        depth++;
      } else if (text[i] == '}' || text[i] == ']') {
        depth--;
      }
    }
  }

  private void part(int start, int end) {
    int sign = sign(start, end);
    if (sign == start + 1 && text[start] == '1') {
      start += 2;
      sign = -1;
    }
    if (sign < 0) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
        ends = Arrays.copyOf(ends, 2 * count);
      }
      starts[count] = start;
      ends[count++] = end;
    } else if (named < names.length) {
      names[named] = start;
      signs[named] = sign;
      namedEnds[named++] = end;
    }
  }

  /** Where the sign stands that ends a part's name; -1 where it has none. */
  private int sign(int start, int end) {
    int last = Math.min(end, start + MAX_NAME_CHARS);
    for (int i = start; i < last; i++) {
      char c = text[i];
      if (c == '=') {
        return i;
      }
      if (!Character.isLetterOrDigit(c) && c != ' ' && c != '_' && c != '-' && c != '\n') {
        return -1;
      }
    }
    return -1;
  }

  /** How many parts have no name. */
  int count() {
    return count;
  }

  /** Where an unnamed part begins; the first is 0. */
  int start(int part) {
    return starts[part];
  }

  int end(int part) {
    return ends[part];
  }

  /**
   * The number under which {@link #namedStart} knows a part; -1 where there is none of the name.
   */
  int named(String name) {
    for (int i = 0; i < named; i++) {
      if (is(names[i], signs[i], name)) {
        return i;
      }
    }
    return -1;
  }

  int namedStart(int number) {
    return signs[number] + 1;
  }

  int namedEnd(int number) {
    return namedEnds[number];
  }

  /** Whether there is an unnamed part of this number that says something. */
  boolean has(int part) {
    return part < count && !isBlank(starts[part], ends[part]);
  }

  private boolean isBlank(int start, int end) {
    for (int i = start; i < end; i++) {
      if (text[i] > ' ') {
        return false;
      }
    }
    return true;
  }

  /** Whether a part is a word, but for spaces around it. */
  boolean is(int part, String word) {
    return part < count && is(starts[part], ends[part], word);
  }

  private boolean is(int start, int end, String word) {
    int from = start;
    while (from < end && text[from] <= ' ') {
      from++;
    }
    int to = end;
    while (to > from && text[to - 1] <= ' ') {
      to--;
    }
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text[from + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a part is a language's code: letters in lower case, perhaps with hyphens, as in {@code
   * en} or {@code ine-pro}, or an abbreviation as in {@code LL.}
   */
  boolean isLanguage(int part) {
    if (part >= count) {
      return false;
    }
    int start = starts[part];
    int end = ends[part];
    boolean latin = end - start == 3 && text[start + 1] == 'L' && text[start + 2] == '.';
    for (int i = start; i < end && !latin; i++) {
      if ((text[i] < 'a' || text[i] > 'z') && (text[i] != '-' || i == start)) {
        return false;
      }
    }
    return end - start >= 2 && end - start <= 12;
  }

  /** Whether a part is a number, perhaps with a sign, a range or a fraction in it. */
  boolean isNumber(int part) {
    if (part >= count) {
      return false;
    }
    boolean digits = false;
    for (int i = starts[part]; i < ends[part]; i++) {
      boolean digit = text[i] >= '0' && text[i] <= '9';
      digits |= digit;
      if (!digit && ".,+-−–/⁄ ".indexOf(text[i]) < 0) {
        return false;
      }
    }
    return digits;
  }

  /** Whether a part is a Roman number. */
  boolean isRoman(int part) {
    if (part >= count) {
      return false;
    }
    for (int i = starts[part]; i < ends[part]; i++) {
      if ("IVXLC".indexOf(text[i]) < 0) {
        return false;
      }
    }
    return ends[part] > starts[part];
  }

  /** Whether nothing in a range would be taken for markup. */
  boolean isPlain(int start, int end) {
    for (int i = start; i < end; i++) {
      if ("{}[]<&'\n".indexOf(text[i]) >= 0) {
        return false;
      }
    }
    return true;
  }
}
