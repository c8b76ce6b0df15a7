package io.ccpairs.core.quality;

/** Classes and lower case of UTF-16 units, looked up in tables of 64 and 128 KiB. */
final class Chars {
  /** White space, no-break spaces, controls of ASCII. */
  static final int SPACE = -1;

  /** Signs, symbols, other controls. */
  static final int OTHER = 0;

  static final int DIGIT = 1;

  /** A letter or mark of a script that sets words apart. */
  static final int LETTER = 2;

  /** A letter of a script that does not: a word by itself. */
  static final int ALONE = 3;

  private static final byte[] KINDS = kinds();
  private static final char[] LOWER = lowerCase();

  private Chars() {}

  /** The class of a unit; surrogates, which are rare letters or emoji, are words by themselves. */
  static int kind(char c) {
    return KINDS[c];
  }

  /** The lower case of a unit. */
  static char lower(char c) {
    return LOWER[c];
  }

  private static char[] lowerCase() {
    char[] lower = new char[1 << 16];
    for (int c = 0; c < lower.length; c++) {
      lower[c] = Character.toLowerCase((char) c);
    }
    return lower;
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[1 << 16];
    for (int c = 0; c < kinds.length; c++) {
      int type = Character.getType((char) c);
      if (type == Character.DECIMAL_DIGIT_NUMBER) {
        kinds[c] = DIGIT;
      } else if (Character.isLetter((char) c)
          || type == Character.NON_SPACING_MARK
          || type == Character.COMBINING_SPACING_MARK) {
        kinds[c] = isAlone(c) ? (byte) ALONE : LETTER;
      } else if (c <= ' ' || Character.isWhitespace(c) || c == '\u00a0') {
        kinds[c] = SPACE;
      }
    }
    return kinds;
  }

  private static boolean isAlone(int c) {
    if (Character.isIdeographic(c)) {
      return true;
    }
    return switch (Character.UnicodeScript.of(c)) {
      case HIRAGANA, KATAKANA, HAN, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }
}
