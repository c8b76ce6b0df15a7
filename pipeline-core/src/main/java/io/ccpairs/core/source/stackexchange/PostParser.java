package io.ccpairs.core.source.stackexchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.source.MalformedRecordException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a line of {@code Posts.xml}: one {@code <row …/>} with its attributes, in any order. Works
 * on bytes and decodes only the attributes that are wanted. Not thread-safe: a task has its own.
 *
 * <p>Of XML's entities there are the five predefined ones and character references; no document
 * type is ever read, so nothing expands. Bytes that are no UTF-8 become U+FFFD; references to
 * characters that XML forbids (NUL, lone surrogates) as well.
 */
public final class PostParser {
  private static final int REPLACEMENT = 0xFFFD;

  private enum Field {
    ID("Id"),
    TYPE("PostTypeId"),
    PARENT("ParentId"),
    ACCEPTED("AcceptedAnswerId"),
    CREATED("CreationDate"),
    SCORE("Score"),
    BODY("Body"),
    TITLE("Title"),
    TAGS("Tags"),
    OWNER("OwnerUserId"),
    OWNER_NAME("OwnerDisplayName"),
    LICENCE("ContentLicense");

    private final String name;

    Field(String name) {
      this.name = name;
    }
  }

  private static final Field[] FIELDS = Field.values();

  private final int[] from = new int[FIELDS.length];
  private final int[] to = new int[FIELDS.length];
  private byte[] line = new byte[0];
  private byte[] decoded = new byte[1 << 14];

  /**
   * The post in a line.
   *
   * @return null for lines that frame the rows: the XML declaration, {@code <posts>}, its end,
   *     white space
   * @throws MalformedRecordException for everything else that is no whole row
   */
  public @Nullable Post parse(byte[] buffer, int start, int length)
      throws MalformedRecordException {
    int end = start + length;
    int at = start;
    while (at < end && isSpace(buffer[at])) {
      at++;
    }
    while (end > at && isSpace(buffer[end - 1])) {
      end--;
    }
    if (at == end || frames(buffer, at, end)) {
      return null;
    }
    if (!startsWith(buffer, at, end, "<row")) {
      throw new MalformedRecordException(
          startsWith(buffer, at, end, "<!")
              ? "a document type or entity is declared; none is read"
              : "the line is no <row>");
    }
    line = buffer;
    Arrays.fill(from, -1);
    findAttributes(at + 4, end);
    return new Post(
        (int) number(Field.TYPE, -1),
        number(Field.ID, -1),
        number(Field.PARENT, 0),
        number(Field.ACCEPTED, 0),
        created(),
        (int) number(Field.SCORE, 0),
        text(Field.BODY),
        text(Field.TITLE),
        text(Field.TAGS),
        owner(),
        has(Field.LICENCE) ? text(Field.LICENCE) : null);
  }

  private static boolean frames(byte[] buffer, int at, int end) {
    return startsWith(buffer, at, end, "<?xml")
        || startsWith(buffer, at, end, "<posts")
        || startsWith(buffer, at, end, "</posts>");
  }

  private void findAttributes(int at, int end) throws MalformedRecordException {
    byte[] bytes = line;
    int i = at;
    while (true) {
      int space = i;
      while (i < end && isSpace(bytes[i])) {
        i++;
      }
      if (i < end && bytes[i] == '/') {
        if (i + 2 != end || bytes[i + 1] != '>') {
          throw new MalformedRecordException("something follows the row on its line");
        }
        return;
      }
      if (i == space || i >= end) {
        throw new MalformedRecordException("the row does not end");
      }
      int name = i;
      while (i < end && bytes[i] != '=' && bytes[i] != '>' && !isSpace(bytes[i])) {
        i++;
      }
      if (i + 1 >= end || bytes[i] != '=' || (bytes[i + 1] != '"' && bytes[i + 1] != '\'')) {
        throw new MalformedRecordException("an attribute has no value");
      }
      byte quote = bytes[i + 1];
      int value = i + 2;
      int close = value;
      while (close < end && bytes[close] != quote) {
        close++;
      }
      if (close == end) {
        throw new MalformedRecordException("an attribute does not end");
      }
      Field field = field(name, i);
      if (field != null) {
        @SuppressWarnings("EnumOrdinal") // an index into arrays of this object
        int index = field.ordinal();
        if (from[index] >= 0) {
          throw new MalformedRecordException("an attribute is given twice");
        }
        from[index] = value;
        to[index] = close;
      }
      i = close + 1;
    }
  }

  private @Nullable Field field(int start, int end) {
    for (Field field : FIELDS) {
      if (field.name.length() == end - start && startsWith(line, start, end, field.name)) {
        return field;
      }
    }
    return null;
  }

  @SuppressWarnings("EnumOrdinal") // an index into arrays of this object
  private boolean has(Field field) {
    return from[field.ordinal()] >= 0;
  }

  @SuppressWarnings("EnumOrdinal") // an index into arrays of this object
  private long number(Field field, long absent) throws MalformedRecordException {
    if (!has(field)) {
      if (absent < 0) {
        throw new MalformedRecordException("the row has no " + field.name);
      }
      return absent;
    }
    int i = from[field.ordinal()];
    int end = to[field.ordinal()];
    boolean negative = i < end && line[i] == '-';
    i += negative ? 1 : 0;
    if (i == end || end - i > 18) {
      throw new MalformedRecordException(field.name + " is no number");
    }
    long value = 0;
    for (; i < end; i++) {
      int digit = line[i] - '0';
      if (digit < 0 || digit > 9) {
        throw new MalformedRecordException(field.name + " is no number");
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  private @Nullable Long created() throws MalformedRecordException {
    return has(Field.CREATED) ? DumpTime.epochSeconds(text(Field.CREATED)) : null;
  }

  private @Nullable String owner() throws MalformedRecordException {
    if (has(Field.OWNER)) {
      return text(Field.OWNER);
    }
    return has(Field.OWNER_NAME) ? "~" + text(Field.OWNER_NAME) : null;
  }

  @SuppressWarnings("EnumOrdinal") // an index into arrays of this object
  private String text(Field field) throws MalformedRecordException {
    if (!has(field)) {
      return "";
    }
    int start = from[field.ordinal()];
    int end = to[field.ordinal()];
    if (decoded.length < end - start) {
      decoded = new byte[Math.max(end - start, 2 * decoded.length)];
    }
    byte[] in = line;
    byte[] out = decoded;
    int o = 0;
    int i = start;
    while (i < end) {
      byte b = in[i];
      if (b == '&') {
        int semicolon = i + 1;
        while (semicolon < end && in[semicolon] != ';' && semicolon - i < 12) {
          semicolon++;
        }
        if (semicolon >= end || in[semicolon] != ';') {
          throw new MalformedRecordException("an ampersand begins no entity");
        }
        o = decode(i + 1, semicolon, o);
        i = semicolon + 1;
      } else if (b == '<') {
        throw new MalformedRecordException("a tag begins inside an attribute");
      } else {
        out[o++] = b;
        i++;
      }
    }
    return new String(out, 0, o, UTF_8);
  }

  private int decode(int start, int end, int o) throws MalformedRecordException {
    int character;
    if (line[start] == '#') {
      character = reference(start + 1, end);
    } else if (matches(start, end, "lt")) {
      character = '<';
    } else if (matches(start, end, "gt")) {
      character = '>';
    } else if (matches(start, end, "amp")) {
      character = '&';
    } else if (matches(start, end, "quot")) {
      character = '"';
    } else if (matches(start, end, "apos")) {
      character = '\'';
    } else {
      throw new MalformedRecordException("an entity that XML does not predefine is used");
    }
    // A reference is never shorter than its character in UTF-8.
    if (character < 0x80) {
      decoded[o] = (byte) character;
      return o + 1;
    }
    byte[] utf8 = Character.toString(character).getBytes(UTF_8);
    System.arraycopy(utf8, 0, decoded, o, utf8.length);
    return o + utf8.length;
  }

  private int reference(int start, int end) throws MalformedRecordException {
    boolean hexadecimal = start < end && (line[start] | 0x20) == 'x';
    int i = hexadecimal ? start + 1 : start;
    if (i == end) {
      throw new MalformedRecordException("a character reference has no number");
    }
    int value = 0;
    for (; i < end; i++) {
      int digit = Character.digit(line[i], hexadecimal ? 16 : 10);
      if (digit < 0) {
        throw new MalformedRecordException("a character reference has no number");
      }
      value = Math.min(value * (hexadecimal ? 16 : 10) + digit, 0x110000);
    }
    boolean allowed =
        (value >= 0x20 && value < 0xD800)
            || value == '\n'
            || value == '\r'
            || value == '\t'
            || (value >= 0xE000 && value < 0x110000 && (value & 0xFFFE) != 0xFFFE);
    // The replacement takes three bytes; the shortest reference to a forbidden character, as in
    // &#0;, four.
    return allowed ? value : REPLACEMENT;
  }

  private boolean matches(int start, int end, String word) {
    return end - start == word.length() && startsWith(line, start, end, word);
  }

  private static boolean startsWith(byte[] bytes, int at, int end, String word) {
    if (end - at < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (bytes[at + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
