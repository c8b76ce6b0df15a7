package io.ccpairs.core.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Decodes the character data and attribute values of XML: the five predefined entities and
 * character references, nothing else, so nothing expands. Bytes that are no UTF-8, and references
 * to characters that XML forbids (NUL, lone surrogates), become U+FFFD. Not thread-safe: it keeps
 * its buffer.
 */
public final class XmlText {
  private static final int REPLACEMENT = 0xFFFD;
  private static final int LONGEST_ENTITY = 12;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private byte[] decoded = new byte[1 << 14];

  /**
   * The text between two places.
   *
   * @throws MalformedRecordException when a tag begins there, or an entity is used that XML does
   *     not predefine
   */
  public String decode(byte[] in, int start, int end) throws MalformedRecordException {
    if (decoded.length < end - start) {
      decoded =
          new byte
              [(int) Math.min(Integer.MAX_VALUE - 8, Math.max(end - start, 2L * decoded.length))];
    }
    byte[] out = decoded;
    int o = 0;
    int i = start;
    while (i < end) {
      int mark = mark(in, i, end);
      System.arraycopy(in, i, out, o, mark - i);
      o += mark - i;
      i = mark;
      if (i == end) {
        break;
      }
      if (in[i] == '&') {
        int semicolon = i + 1;
        while (semicolon < end && in[semicolon] != ';' && semicolon - i < LONGEST_ENTITY) {
          semicolon++;
        }
        if (semicolon >= end || in[semicolon] != ';') {
          throw new MalformedRecordException("an ampersand begins no entity");
        }
        o = entity(in, i + 1, semicolon, o);
        i = semicolon + 1;
      } else {
        throw new MalformedRecordException("a tag begins inside a text");
      }
    }
    return new String(out, 0, o, UTF_8);
  }

  /** Where the next ampersand or tag begins, or the end. */
  private static int mark(byte[] in, int from, int end) {
    int i = from;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      long word = (long) LONGS.get(in, i);
      long ampersand = word ^ '&' * ONES;
      long tag = word ^ '<' * ONES;
      long zero = (((ampersand - ONES) & ~ampersand) | ((tag - ONES) & ~tag)) & HIGHS;
      if (zero != 0) {
        return i + (Long.numberOfTrailingZeros(zero) >>> 3);
      }
    }
    while (i < end && in[i] != '&' && in[i] != '<') {
      i++;
    }
    return i;
  }

  /** Where the next tag begins, or the end. */
  public static int tag(byte[] in, int from, int end) {
    return find('<', in, from, end);
  }

  /** Where an ASCII character stands next, or the end. */
  public static int find(char wanted, byte[] in, int from, int end) {
    int i = from;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      long differs = (long) LONGS.get(in, i) ^ wanted * ONES;
      long zero = (differs - ONES) & ~differs & HIGHS;
      if (zero != 0) {
        return i + (Long.numberOfTrailingZeros(zero) >>> 3);
      }
    }
    while (i < end && in[i] != wanted) {
      i++;
    }
    return i;
  }

  private int entity(byte[] in, int start, int end, int o) throws MalformedRecordException {
    int character;
    if (start < end && in[start] == '#') {
      character = reference(in, start + 1, end);
    } else if (is(in, start, end, "lt")) {
      character = '<';
    } else if (is(in, start, end, "gt")) {
      character = '>';
    } else if (is(in, start, end, "amp")) {
      character = '&';
    } else if (is(in, start, end, "quot")) {
      character = '"';
    } else if (is(in, start, end, "apos")) {
      character = '\'';
    } else {
      throw new MalformedRecordException("an entity that XML does not predefine is used");
    }
    if (character < 0x80) {
      decoded[o] = (byte) character;
      return o + 1;
    }
    // The shortest reference to a character beyond ASCII, as in &#128;, is longer than the
    // character in UTF-8.
    byte[] utf8 = Character.toString(character).getBytes(UTF_8);
    System.arraycopy(utf8, 0, decoded, o, utf8.length);
    return o + utf8.length;
  }

  private static int reference(byte[] in, int start, int end) throws MalformedRecordException {
    boolean hexadecimal = start < end && (in[start] | 0x20) == 'x';
    int i = hexadecimal ? start + 1 : start;
    if (i == end) {
      throw new MalformedRecordException("a character reference has no number");
    }
    int radix = hexadecimal ? 16 : 10;
    int value = 0;
    for (; i < end; i++) {
      int digit = Character.digit(in[i], radix);
      if (digit < 0) {
        throw new MalformedRecordException("a character reference has no number");
      }
      value = Math.min(value * radix + digit, 0x110000);
    }
    boolean allowed =
        (value >= 0x20 && value < 0xD800)
            || value == '\n'
            || value == '\r'
            || value == '\t'
            || (value >= 0xE000 && value < 0x110000 && (value & 0xFFFE) != 0xFFFE);
    return allowed ? value : REPLACEMENT;
  }

  private static boolean is(byte[] in, int start, int end, String word) {
    return end - start == word.length() && startsWith(in, start, end, word);
  }

  /** Whether an ASCII word stands at a place. */
  public static boolean startsWith(byte[] in, int start, int end, String word) {
    if (end - start < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (in[start + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
