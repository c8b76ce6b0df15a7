package io.ccpairs.core.text;

/**
 * Makes the characters of a dump fit to be read as Markdown: line ends are {@code \n}, every other
 * space is a plain one or a tab, what nobody can see is gone, and the one layer of escaping that
 * Reddit's API puts over the signs {@code & < >} of every text is taken off.
 *
 * <p>Texts of the first years were stored as UTF-8 read as Latin-1 ({@code â\u0080\u0099} for an
 * apostrophe). Such a text shows itself by C1 control characters, which nobody types; it is read
 * again as what it was.
 */
final class RawChars {
  /** Never in a cleaned text, so free to mark what is to be taken out of it. */
  static final char GONE = '\uFFFF';

  private static final byte KEEP = 0;
  private static final byte DROP = 1;
  private static final byte BLANK = 2;
  private static final byte RETURN = 3;
  private static final byte ESCAPE = 4;
  private static final byte MISREAD = 5;

  private static final byte[] ACTIONS = actions();

  /** What Windows-1252 has at 0x80 to 0x9F; zero where it has nothing. */
  private static final String WINDOWS_1252 =
      "\u20AC\0\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\0\u017D\0"
          + "\0\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\0\u017E\u0178";

  private final char[] chars;
  private final int length;

  private RawChars(char[] chars, int length) {
    this.chars = chars;
    this.length = length;
  }

  /** Cleans a text. The result holds no {@link #GONE} and no lone surrogate. */
  static RawChars of(String text) {
    char[] chars = text.toCharArray();
    int length = clean(chars, chars.length);
    if (length < 0) {
      chars = text.toCharArray();
      length = clean(chars, readAgain(chars, chars.length));
    }
    return new RawChars(chars, length);
  }

  /** Holds the text from index 0 to {@link #length()}; what follows is rubbish. */
  char[] chars() {
    return chars;
  }

  int length() {
    return length;
  }

  /** Cleans characters in place; how many are left, or -1 on a character that was misread. */
  private static int clean(char[] a, int length) {
    int w = 0;
    while (w < length && (a[w] < 0x100 ? ACTIONS[a[w]] == KEEP : a[w] < 0x1680)) {
      w++; // most texts need no more
    }
    for (int r = w; r < length; r++) {
      char c = a[r];
      if (c < 0x100) {
        switch (ACTIONS[c]) {
          case KEEP -> a[w++] = c;
          case BLANK -> a[w++] = ' ';
          case RETURN -> {
            a[w++] = '\n';
            if (r + 1 < length && a[r + 1] == '\n') {
              r++;
            }
          }
          case ESCAPE -> {
            int escaped = escaped(a, r, length);
            a[w++] = escaped == 0 ? '&' : (char) (escaped >>> 8);
            r += escaped == 0 ? 0 : (escaped & 0xFF) - 1;
          }
          case MISREAD -> {
            return -1;
          }
          default -> {} // dropped
        }
      } else if (c < 0x1680 || (c > 0x3000 && c < 0xD800)) {
        a[w++] = c;
      } else if (Character.isHighSurrogate(c)) {
        if (r + 1 < length && Character.isLowSurrogate(a[r + 1])) {
          a[w++] = c;
          a[w++] = a[++r];
        } else {
          a[w++] = '\uFFFD';
        }
      } else {
        char one = Character.isLowSurrogate(c) ? '\uFFFD' : one(c);
        if (one != GONE) {
          a[w++] = one;
        }
      }
    }
    return w;
  }

  /**
   * What a single character is in clean text: itself, a space, a line end, or {@link #GONE}. Not
   * for surrogates.
   */
  static char one(char c) {
    if (c < 0x100) {
      return switch (ACTIONS[c]) {
        case DROP, MISREAD -> GONE;
        case BLANK -> ' ';
        case RETURN -> '\n';
        default -> c;
      };
    }
    return switch (c) {
      case 0x1680, 0x202F, 0x205F, 0x3000 -> ' ';
      case 0x2028, 0x2029 -> '\n';
      // Zero-width space, word joiners, byte order marks and the marks of writing direction. The
      // zero-width joiner and non-joiner stay: Persian, Indic scripts and emoji are spelt with
      // them.
      case 0x200B, 0x200E, 0x200F, 0xFEFF, 0xFFFE, 0xFFFF -> GONE;
      default -> {
        if (c >= 0x2000 && c <= 0x200A) {
          yield ' ';
        }
        boolean unseen =
            (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2060 && c <= 0x206F)
                || (c >= 0xFFF9 && c <= 0xFFFB);
        yield unseen ? GONE : c;
      }
    };
  }

  /** The sign, and the length of its entity, where the API escaped one of {@code & < >}; or 0. */
  private static int escaped(char[] a, int r, int length) {
    if (r + 3 < length && a[r + 2] == 't' && a[r + 3] == ';') {
      if (a[r + 1] == 'l') {
        return '<' << 8 | 4;
      }
      if (a[r + 1] == 'g') {
        return '>' << 8 | 4;
      }
    }
    boolean ampersand =
        r + 4 < length && a[r + 1] == 'a' && a[r + 2] == 'm' && a[r + 3] == 'p' && a[r + 4] == ';';
    return ampersand ? '&' << 8 | 5 : 0;
  }

  /**
   * Reads Latin-1 characters as the UTF-8 bytes they were, in place; a C1 character outside such a
   * sequence is read as Windows-1252. No C1 character is left.
   */
  private static int readAgain(char[] a, int length) {
    int w = 0;
    for (int r = 0; r < length; ) {
      char c = a[r];
      int more = c < 0xC2 || c > 0xF4 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
      int point = more == 0 || r + more >= length ? -1 : c & (0x3F >> more);
      for (int k = 1; k <= more && point >= 0; k++) {
        char next = a[r + k];
        point = next >= 0x80 && next < 0xC0 ? point << 6 | (next & 0x3F) : -1;
      }
      boolean shortest = more < 2 || point >= (more == 2 ? 0x800 : 0x10000);
      boolean letter = point >= 0xA0 && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
      if (letter && shortest) {
        w += Character.toChars(point, a, w);
        r += more + 1;
      } else {
        if (c >= 0x80 && c < 0xA0) {
          c = WINDOWS_1252.charAt(c - 0x80);
        }
        a[w++] = c;
        r++;
      }
    }
    return w;
  }

  private static byte[] actions() {
    byte[] actions = new byte[0x100];
    for (int c = 0; c < 0x20; c++) {
      actions[c] = DROP;
    }
    for (int c = 0x80; c < 0xA0; c++) {
      actions[c] = MISREAD;
    }
    actions['\t'] = KEEP;
    actions['\n'] = KEEP;
    actions['\r'] = RETURN;
    actions['\f'] = BLANK;
    actions[0x0B] = BLANK;
    actions[0x7F] = DROP;
    actions[0xA0] = BLANK;
    actions[0xAD] = DROP;
    actions['&'] = ESCAPE;
    return actions;
  }
}
