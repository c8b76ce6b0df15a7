package io.ccpairs.core.text;

/** Shortens text without breaking words or characters. */
public final class Cut {
  private Cut() {}

  /**
   * The beginning of a text, cut behind its last whole word; in the middle of a word only where
   * there is none, as in scripts that write no spaces.
   *
   * @param maxChars UTF-16 units that may stay
   */
  public static String atWord(String text, int maxChars) {
    if (text.length() <= maxChars) {
      return text;
    }
    int space = maxChars;
    while (space > maxChars / 2 && !Character.isWhitespace(text.charAt(space))) {
      space--;
    }
    int end = space > maxChars / 2 ? space : maxChars;
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end).stripTrailing();
  }
}
