package io.ccpairs.core.text;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Text as it is compared: lower case, compatibility forms composed (NFKC), words separated by one
 * space, signs left out. A character of a script that sets no words apart is a word by itself.
 * Folding twice changes nothing more.
 */
public final class Folding {
  private static final byte SEPARATOR = 0;
  private static final byte WORD = 1;
  private static final byte ALONE = 2;

  private static final byte[] KINDS = kinds();

  private Folding() {}

  /** The text as it is compared; empty for a text without letters and digits. */
  public static String fold(String text) {
    String plain = isAscii(text) ? text : composed(text);
    StringBuilder out = new StringBuilder(plain.length());
    byte before = SEPARATOR;
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      byte kind = KINDS[c];
      if (kind == SEPARATOR) {
        before = SEPARATOR;
        continue;
      }
      if ((before == SEPARATOR || before == ALONE || kind == ALONE) && out.length() > 0) {
        out.append(' ');
      }
      out.append(c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c);
      before = kind;
      if (Character.isHighSurrogate(c)
          && i + 1 < plain.length()
          && Character.isLowSurrogate(plain.charAt(i + 1))) {
        out.append(plain.charAt(++i));
      }
    }
    return out.toString();
  }

  /**
   * Lower case may decompose and composing may bring capitals back; both are done until neither
   * does.
   */
  private static String composed(String text) {
    String now = text;
    for (int i = 0; i < 4; i++) {
      String next = Normalizer.normalize(now.toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
      if (next.equals(now)) {
        break;
      }
      now = next;
    }
    return now;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[1 << 16];
    for (int c = 0; c < kinds.length; c++) {
      kinds[c] = kind((char) c);
    }
    return kinds;
  }

  private static byte kind(char c) {
    int type = Character.getType(c);
    boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    if (Character.isHighSurrogate(c) || Character.isIdeographic(c)) {
      return ALONE;
    }
    if (!Character.isLetterOrDigit(c) && !mark) {
      return SEPARATOR;
    }
    return switch (Character.UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> mark ? WORD : ALONE;
      default -> WORD;
    };
  }
}
