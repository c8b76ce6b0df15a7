package io.ccpairs.core.source.stackexchange;

import static io.ccpairs.core.source.XmlText.startsWith;

import io.ccpairs.core.source.DumpTime;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.XmlText;
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
  private final XmlText xml = new XmlText();

  /**
   * The post in a line.
   *
   * @return null for lines that frame the rows: the XML declaration, {@code <posts>}, its end,
   *     white space
   * @throws MalformedRecordException for everything else that is no whole row, and for rows behind
   *     such a frame on its line
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
    if (at == end) {
      return null;
    }
    if (frames(buffer, at, end)) {
      if (holdsRow(buffer, at, end)) {
        throw new MalformedRecordException("rows follow on one line; each must have its own");
      }
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
        small(Field.TYPE, -1),
        number(Field.ID, -1),
        number(Field.PARENT, 0),
        number(Field.ACCEPTED, 0),
        created(),
        small(Field.SCORE, 0),
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

  private static boolean holdsRow(byte[] buffer, int at, int end) {
    for (int i = at; i < end; i++) {
      if (buffer[i] == '<' && startsWith(buffer, i, end, "<row")) {
        return true;
      }
    }
    return false;
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
      int close = XmlText.find((char) quote, bytes, value, end);
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

  /** A number of at most 31 bits. */
  private int small(Field field, long absent) throws MalformedRecordException {
    long value = number(field, absent);
    if (value != (int) value) {
      throw new MalformedRecordException(field.name + " is beyond all that is known");
    }
    return (int) value;
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
    return xml.decode(line, from[field.ordinal()], to[field.ordinal()]);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
