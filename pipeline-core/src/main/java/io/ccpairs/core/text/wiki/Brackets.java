package io.ccpairs.core.text.wiki;

import java.util.Arrays;

/**
 * The second pass: which braces and brackets belong together. An opening that is never closed
 * matches nothing; it then costs its own two characters and no text. Headings end templates and
 * links that are still open, so one missing brace cannot eat the sections behind it.
 */
final class Brackets {
  private static final byte TEMPLATE = 1;
  private static final byte LINK = 2;
  private static final byte TABLE = 3;

  /** Characters that open or close something, or may stand before what does in its line. */
  private static final boolean[] MARKS = new boolean[128];

  static {
    for (char c : "\n{}[]|= \t:*".toCharArray()) {
      MARKS[c] = true;
    }
  }

  private final char[] text;

  /**
   * Where each opening stands, in their order, and the place behind its end; -1 where it has none.
   */
  private int[] opens = new int[64];

  private int[] ends = new int[64];
  private int found;
  private int cursor;

  // The openings that wait for their end, by number.
  private int[] stack = new int[16];
  private byte[] kinds = new byte[16];
  private int depth;
  private int templates;
  private int tables;

  Brackets(char[] text) {
    this.text = text;
    match();
  }

  /**
   * Where the construct that opens at a place ends: the place behind its last bracket; -1 when it
   * is never closed. Must be asked in ascending order of places.
   */
  int end(int open) {
    while (cursor < found && opens[cursor] < open) {
      cursor++;
    }
    return cursor < found && opens[cursor] == open ? ends[cursor] : -1;
  }

  private void match() {
    int length = text.length;
    boolean lineStart = true;
    int i = 0;
    while (i < length) {
      char c = text[i];
      if (c == '\n') {
        lineStart = true;
        i++;
        continue;
      }
      if (c >= 128 || !MARKS[c]) {
        i = mark(i + 1);
        lineStart = false;
        continue;
      }
      boolean first = lineStart;
      lineStart = lineStart && (c == ' ' || c == '\t' || c == ':' || c == '*');
      char next = i + 1 < length ? text[i + 1] : 0;
      switch (c) {
        case '{' -> {
          if (first && next == '|') {
            push(i, TABLE);
            i += 2;
          } else if (next == '{') {
            i = openBraces(i);
          } else {
            i++;
          }
        }
        case '}' -> {
          if (next == '}') {
            closeTemplate(i + 2);
            i += 2;
          } else {
            i++;
          }
        }
        case '[' -> {
          if (next == '[') {
            push(i, LINK);
            i += 2;
          } else {
            i++;
          }
        }
        case ']' -> {
          if (next == ']') {
            if (depth > 0 && kinds[depth - 1] == LINK) {
              close(i + 2);
            }
            i += 2;
          } else {
            i++;
          }
        }
        case '|' -> {
          if (first && next == '}' && (tables > 0 && !(i + 2 < length && text[i + 2] == '}'))) {
            closeTable(i + 2);
            i += 2;
          } else {
            i++;
          }
        }
        case '=' -> {
          if (first && next == '=' && isHeading(i)) {
            forgetOpen();
          }
          i++;
        }
        default -> i++;
      }
    }
  }

  /** The next mark from a place on that is no space; the line has begun before. */
  private int mark(int from) {
    final char[] text = this.text;
    int i = from;
    while (i < text.length && (text[i] >= 128 || text[i] == ' ' || !MARKS[text[i]])) {
      i++;
    }
    return i;
  }

  /**
   * A run of braces opens templates; of an odd run the first brace is a parameter's and belongs to
   * the innermost.
   */
  private int openBraces(int at) {
    int end = at;
    while (end < text.length && text[end] == '{') {
      end++;
    }
    boolean table = end < text.length && text[end] == '|' && (end - at) % 2 == 1 && end - at > 2;
    int last = table ? end - 1 : end;
    for (int i = at + (last - at) % 2; i + 1 < last; i += 2) {
      push(i, TEMPLATE);
    }
    return last == at ? at + 1 : last;
  }

  private void closeTemplate(int end) {
    if (templates == 0) {
      return;
    }
    while (kinds[depth - 1] != TEMPLATE) {
      pop();
    }
    close(end);
  }

  private void closeTable(int end) {
    while (kinds[depth - 1] != TABLE) {
      pop();
    }
    close(end);
  }

  private void forgetOpen() {
    while (depth > 0 && kinds[depth - 1] != TABLE) {
      pop();
    }
  }

  private boolean isHeading(int at) {
    int last = at;
    for (int i = at; i < text.length && text[i] != '\n' && i - at < 400; i++) {
      if (text[i] != ' ' && text[i] != '\t') {
        last = i;
      }
    }
    return last > at + 3 && text[last] == '=' && text[last - 1] == '=';
  }

  private void push(int at, byte kind) {
    if (found == opens.length) {
      opens = Arrays.copyOf(opens, 2 * found);
      ends = Arrays.copyOf(ends, 2 * found);
    }
    if (depth == stack.length) {
      stack = Arrays.copyOf(stack, 2 * depth);
      kinds = Arrays.copyOf(kinds, 2 * depth);
    }
    opens[found] = at;
    ends[found] = -1;
    stack[depth] = found++;
    kinds[depth++] = kind;
    templates += kind == TEMPLATE ? 1 : 0;
    tables += kind == TABLE ? 1 : 0;
  }

  private int pop() {
    depth--;
    templates -= kinds[depth] == TEMPLATE ? 1 : 0;
    tables -= kinds[depth] == TABLE ? 1 : 0;
    return stack[depth];
  }

  private void close(int end) {
    ends[pop()] = end;
  }
}
