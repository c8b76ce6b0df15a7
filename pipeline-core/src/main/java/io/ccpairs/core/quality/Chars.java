package io.ccpairs.core.quality;

/** Classes of UTF-16 units, looked up in a table of 64 KiB. */
final class Chars {
  /** Signs, symbols, spaces, controls. */
  static final int OTHER = 0;

  static final int DIGIT = 1;

  /** A letter or mark of a script that sets words apart. */
  static final int LETTER = 2;

  /** A letter of a script that does not: a word by itself. */
  static final int ALONE = 3;

  private static final byte[] KINDS = kinds();

  private Chars() {}

  /** The class of a unit; surrogates, which are rare letters or emoji, are words by themselves. */
  static int kind(char c) {
    return KINDS[c];
  }

  /** Lower case, without a branch for plain letters. */
  static char lower(char c) {
    return c < 128 ? (c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c) : Character.toLowerCase(c);
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
