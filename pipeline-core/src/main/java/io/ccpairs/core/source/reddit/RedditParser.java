package io.ccpairs.core.source.reddit;

import static io.ccpairs.core.source.reddit.RedditField.AUTHOR;
import static io.ccpairs.core.source.reddit.RedditField.BODY;
import static io.ccpairs.core.source.reddit.RedditField.CREATED_UTC;
import static io.ccpairs.core.source.reddit.RedditField.DISTINGUISHED;
import static io.ccpairs.core.source.reddit.RedditField.ID;
import static io.ccpairs.core.source.reddit.RedditField.LINK_FLAIR_TEXT;
import static io.ccpairs.core.source.reddit.RedditField.LINK_ID;
import static io.ccpairs.core.source.reddit.RedditField.NAME;
import static io.ccpairs.core.source.reddit.RedditField.OTHER;
import static io.ccpairs.core.source.reddit.RedditField.PARENT_ID;
import static io.ccpairs.core.source.reddit.RedditField.SCORE;
import static io.ccpairs.core.source.reddit.RedditField.SELFTEXT;
import static io.ccpairs.core.source.reddit.RedditField.SUBREDDIT;
import static io.ccpairs.core.source.reddit.RedditField.TITLE;
import static io.ccpairs.core.source.reddit.RedditField.UPS;
import static io.ccpairs.core.source.reddit.RedditField.WAS_DELETED_LATER;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.reddit.RedditRecord.Mark;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON object of one line, from the dumps of 2005 to those of today. A scanner of its
 * own: of some hundred fields a dump knows it decodes a dozen, and passes over the others eight
 * bytes at a time; what a line shares with an {@link EarlierLine} it does not read again. Yet it
 * checks that all of it is JSON (RFC 8259).
 *
 * <p>A comment is told from a submission by its fields, not by its file. Schema generations:
 *
 * <ul>
 *   <li>{@code created_utc} as integer, float or string; {@code score}, or {@code ups} where that
 *       is missing, as integer or string; ids as strings or, where someone has rewritten a dump, as
 *       numbers; booleans also as 0 and 1.
 *   <li>{@code name} from {@code id} where it is missing, and the other way round; ids with or
 *       without the kind before them.
 *   <li>Removal: {@code removed_by_category}, {@code banned_by}, {@code removal_reason}, {@code
 *       removed}, {@code spam}, and {@code _meta.was_deleted_later} of the dumps from 2023-11 on,
 *       which keep the text of what its author has deleted since.
 * </ul>
 *
 * <p>Of two fields with one name the last counts, as in Python's and JavaScript's readers. A lone
 * surrogate escape is read as U+FFFD. Everything else that is not as it should be is a {@link
 * MalformedRecordException}: half an object, a second one on the line, NaN, a control character or
 * broken UTF-8 in a text that is used, a value of the wrong type or out of range, nesting deeper
 * than {@value #MAX_DEPTH}.
 *
 * <p>Memory: the strings it returns, and a buffer of at most {@value #KEPT_BYTES} bytes kept
 * between calls. Not thread-safe.
 */
public final class RedditParser {
  /** The limit that Jackson has too. */
  static final int MAX_DEPTH = 1_000;

  static final int KEPT_BYTES = 1 << 20;

  /** 2100-01-01; later times are a unit other than seconds. */
  private static final long MAX_SECONDS = 4_102_444_800L;

  private static final int MAX_NUMBER_CHARS = 64;
  private static final int MAX_ID_CHARS = 16;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * A bit for each of the characters 0 to 63 that is a digit, and of 64 to 127 that is a letter.
   */
  private static final long DIGITS = 0x3FFL << '0';

  private static final long LETTERS = 0x3FF_FFFFL << ('A' & 63) | 0x3FF_FFFFL << ('a' & 63);

  private static final int NULL = 'n' | ('u' << 8) | ('l' << 16) | ('l' << 24);
  private static final int TRUE = 't' | ('r' << 8) | ('u' << 16) | ('e' << 24);
  private static final int FALS = 'f' | ('a' << 8) | ('l' << 16) | ('s' << 24);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final long SPACES = ONES * ' ';

  private static final RedditField[] FIELDS = RedditField.values();

  private final long[] arrays = new long[MAX_DEPTH / Long.SIZE + 1];
  private byte[] scratch = new byte[4096];

  // The line in hand.
  private byte[] b = {};
  private int start;
  private int end;
  private int i;

  /** Of the string passed over last: whether it has escapes, and the bytes above 0x7F it has. */
  private boolean escaped;

  private long bits;

  /** Of the number passed over last: whether it is digits only. */
  private boolean whole;

  // The record in hand.
  private final FieldValues values = new FieldValues();
  private final EarlierLine earlier = new EarlierLine();

  /** Reads a line, its end left out; see the class for what is taken and what is refused. */
  public RedditRecord parse(byte[] buffer, int offset, int length) throws MalformedRecordException {
    b = buffer;
    start = offset;
    end = offset + length;
    i = offset;
    values.clear();
    try {
      object();
      return record();
    } finally {
      b = scratch; // lets go of the caller's buffer
      if (scratch.length > KEPT_BYTES) {
        scratch = new byte[4096];
        b = scratch;
      }
    }
  }

  // ---- What the fields mean --------------------------------------------------------------------

  private RedditRecord record() throws MalformedRecordException {
    String title = values.text(TITLE);
    String body = values.text(BODY);
    boolean comment = body != null || (title == null && values.isPresent(LINK_ID));
    if (!comment && title == null) {
      throw new MalformedRecordException(
          "Neither a submission nor a comment: no title, no body, no link_id");
    }
    if (comment && body == null) {
      throw new MalformedRecordException("A comment without body");
    }
    String selfText = values.text(SELFTEXT);
    String author = values.text(AUTHOR);
    String subreddit = values.text(SUBREDDIT);
    String flair = values.text(LINK_FLAIR_TEXT);
    Long votes = values.number(SCORE) != null ? values.number(SCORE) : values.number(UPS);
    String link = comment ? required(LINK_ID, "t3_") : "";
    boolean deleted = author == null || author.equals("[deleted]") || author.equals("[removed]");
    return new RedditRecord(
        comment ? Kind.COMMENT : Kind.POST,
        ownName(comment ? "t1_" : "t3_"),
        deleted ? null : author,
        subreddit == null ? "" : subreddit,
        comment || title == null ? "" : title,
        comment && body != null ? body : selfText == null || comment ? "" : selfText,
        link,
        comment ? parent(link) : "",
        votes == null ? null : votes.intValue(),
        values.number(CREATED_UTC),
        comment || flair == null || flair.isBlank() ? null : flair,
        marks());
  }

  private String ownName(String prefix) throws MalformedRecordException {
    String id = values.text(ID);
    if (id != null) {
      return fullName(ID, id, prefix);
    }
    String name = values.text(NAME);
    if (name == null) {
      throw new MalformedRecordException("Neither id nor name");
    }
    return fullName(NAME, name, prefix);
  }

  /** A bare id is a comment's, unless it is that of the post. */
  private String parent(String link) throws MalformedRecordException {
    String parent = values.text(PARENT_ID);
    boolean post =
        parent != null
            && (parent.startsWith("t3_")
                || (link.length() == "t3_".length() + parent.length() && link.endsWith(parent)));
    return required(PARENT_ID, post ? "t3_" : "t1_");
  }

  private String required(RedditField field, String prefix) throws MalformedRecordException {
    String value = values.text(field);
    if (value == null) {
      throw new MalformedRecordException("A comment without " + field.key);
    }
    return fullName(field, value, prefix);
  }

  /** A full name, from one or from a bare id. */
  private static String fullName(RedditField field, String value, String prefix)
      throws MalformedRecordException {
    boolean full = value.startsWith(prefix);
    int from = full ? prefix.length() : 0;
    boolean valid = value.length() > from && value.length() - from <= MAX_ID_CHARS;
    for (int k = from; k < value.length() && valid; k++) {
      char c = value.charAt(k);
      valid = c < 0x80 && ((c < Long.SIZE ? DIGITS : LETTERS) & (1L << c)) != 0;
    }
    if (!valid) {
      throw new MalformedRecordException(
          "Field "
              + field.key
              + " is no id: letters and digits, "
              + prefix
              + " before them or not");
    }
    return full ? value : prefix + value;
  }

  private Set<Mark> marks() {
    if (!values.anyFact()) {
      return Set.of();
    }
    EnumSet<Mark> marks = EnumSet.noneOf(Mark.class);
    for (RedditField fact : FIELDS) {
      if (values.fact(fact)) {
        marks.add(
            switch (fact) {
              case OVER_18 -> Mark.OVER_18;
              case STICKIED -> Mark.STICKIED;
              case DISTINGUISHED -> Mark.DISTINGUISHED;
              case PROMOTED, ADS_UI -> Mark.PROMOTED;
              default -> Mark.REMOVED;
            });
      }
    }
    return marks;
  }

  private void field(RedditField field) throws MalformedRecordException {
    switch (field) {
      case OTHER -> skipValue();
      case AUTHOR, SUBREDDIT, TITLE, SELFTEXT, BODY, LINK_FLAIR_TEXT ->
          values.text(field, string(field));
      case ID, NAME, LINK_ID, PARENT_ID -> values.text(field, id(field));
      case SCORE, UPS -> values.number(field, votes(field));
      case CREATED_UTC -> values.number(field, seconds(field));
      case META -> {
        values.fact(WAS_DELETED_LATER, false);
        if (peek() == '{') {
          meta();
        } else {
          skipValue();
        }
      }
      default -> fact(field);
    }
    values.present(field);
  }

  /** A fact holds unless its value is null, false, zero or an empty string. */
  private void fact(RedditField field) throws MalformedRecordException {
    boolean holds;
    switch (peek()) {
      case 'f', 'n' -> {
        literal();
        holds = false;
      }
      case '"' -> {
        String text = string(field);
        holds = text != null && !text.isEmpty() && !text.equalsIgnoreCase("false");
        if (field == DISTINGUISHED) {
          holds = "moderator".equals(text) || "admin".equals(text);
        }
      }
      case 't' -> {
        literal();
        holds = true;
      }
      case '{', '[' -> {
        skipValue();
        holds = true;
      }
      default -> {
        Double number = number(field);
        holds = number != 0;
      }
    }
    values.fact(field, holds);
  }

  /** A string; null for JSON's null. */
  private @Nullable String string(RedditField field) throws MalformedRecordException {
    switch (peek()) {
      case '"' -> {
        i++;
        int from = i;
        passString();
        return text(field, from, i - 1);
      }
      case 'n' -> {
        literal();
        return null;
      }
      default -> {
        skipValue(); // says what is no JSON at all
        throw new MalformedRecordException("Field " + field.key + " is not a string");
      }
    }
  }

  private @Nullable String id(RedditField field) throws MalformedRecordException {
    byte c = peek();
    if (c != '-' && !(c >= '0' && c <= '9')) {
      return string(field);
    }
    return Long.toString(integer(field, Long.MAX_VALUE));
  }

  private @Nullable Long votes(RedditField field) throws MalformedRecordException {
    switch (peek()) {
      case 'n' -> {
        literal();
        return null;
      }
      case '"' -> {
        String text = string(field);
        if (text == null || text.isBlank()) {
          return null;
        }
        double votes = decimal(field, text.startsWith("-") ? text.substring(1) : text);
        return inLimit(field, text.startsWith("-") ? -votes : votes, Integer.MAX_VALUE);
      }
      default -> {
        return integer(field, Integer.MAX_VALUE);
      }
    }
  }

  private @Nullable Long seconds(RedditField field) throws MalformedRecordException {
    switch (peek()) {
      case 'n' -> {
        literal();
        return null;
      }
      case '"' -> {
        String text = string(field);
        return text == null || text.isBlank() ? null : inRange(field, decimal(field, text.strip()));
      }
      default -> {
        return inRange(field, number(field));
      }
    }
  }

  private static long inRange(RedditField field, double seconds) throws MalformedRecordException {
    if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
      throw new MalformedRecordException("Field " + field.key + " is no time in seconds");
    }
    return (long) seconds;
  }

  /** The number that a string of digits, with or without a fraction, spells. */
  private static double decimal(RedditField field, String text) throws MalformedRecordException {
    boolean fits = !text.isEmpty() && text.length() <= MAX_NUMBER_CHARS;
    boolean point = false;
    for (int k = 0; k < text.length() && fits; k++) {
      char c = text.charAt(k);
      fits = (c >= '0' && c <= '9') || (c == '.' && k > 0 && !point);
      point |= c == '.';
    }
    if (!fits) {
      throw new MalformedRecordException("Field " + field.key + " is not a number");
    }
    return Double.parseDouble(text);
  }

  /** A whole number, 12 or 12.0. */
  private long integer(RedditField field, long limit) throws MalformedRecordException {
    return inLimit(field, number(field), limit);
  }

  private static long inLimit(RedditField field, double number, long limit)
      throws MalformedRecordException {
    if (number != (long) number || Math.abs(number) > limit) {
      throw new MalformedRecordException(
          "Field " + field.key + " is not a whole number, or out of range");
    }
    return (long) number;
  }

  private double number(RedditField field) throws MalformedRecordException {
    int from = i;
    byte first = peek();
    if (first != '-' && (first < '0' || first > '9')) {
      skipValue(); // says what is no JSON at all
      throw new MalformedRecordException("Field " + field.key + " is not a number");
    }
    passNumber();
    int to = i;
    if (to - from > MAX_NUMBER_CHARS) {
      throw new MalformedRecordException(
          "Field " + field.key + " is a number of over " + MAX_NUMBER_CHARS + " digits");
    }
    if (!whole || to - from > 15) {
      return Double.parseDouble(new String(b, from, to - from, ISO_8859_1));
    }
    byte[] bytes = b;
    long value = 0;
    for (int k = first == '-' ? from + 1 : from; k < to; k++) {
      value = 10 * value + bytes[k] - '0';
    }
    return first == '-' ? -value : value;
  }

  // ---- Texts -----------------------------------------------------------------------------------

  private String text(RedditField field, int from, int to) throws MalformedRecordException {
    if (!escaped) {
      return (bits & HIGHS) == 0
          ? new String(b, from, to - from, ISO_8859_1)
          : utf8(field, b, from, to - from, from, to);
    }
    int length = unescape(from, to);
    return (bits & HIGHS) == 0
        ? new String(scratch, 0, length, ISO_8859_1)
        : utf8(field, scratch, 0, length, from, to);
  }

  /** Decodes UTF-8; {@code from} and {@code to} are where the line holds the text. */
  private String utf8(RedditField field, byte[] bytes, int offset, int length, int from, int to)
      throws MalformedRecordException {
    String text = new String(bytes, offset, length, UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      try {
        UTF_8.newDecoder().decode(ByteBuffer.wrap(b, from, to - from));
      } catch (CharacterCodingException e) {
        throw new MalformedRecordException("Field " + field.key + " is not UTF-8");
      }
    }
    return text;
  }

  /** Writes a string to {@link #scratch} as UTF-8; how many bytes. Escapes have been checked. */
  private int unescape(int from, int to) {
    if (scratch.length < to - from) {
      scratch = new byte[Math.max(to - from, 2 * Math.min(scratch.length, KEPT_BYTES / 2))];
    }
    byte[] source = b;
    byte[] target = scratch;
    int w = 0;
    int r = from;
    while (r < to) {
      int run = toBackslash(source, r, to);
      System.arraycopy(source, r, target, w, run);
      w += run;
      r += run;
      if (r == to) {
        break;
      }
      byte kind = source[r + 1];
      r += 2;
      switch (kind) {
        case 'n' -> target[w++] = '\n';
        case 't' -> target[w++] = '\t';
        case 'r' -> target[w++] = '\r';
        case 'b' -> target[w++] = '\b';
        case 'f' -> target[w++] = '\f';
        case 'u' -> {
          int unit = hex(source, r);
          r += 4;
          int point = unit;
          if (Character.isSurrogate((char) unit)) {
            boolean pair =
                Character.isHighSurrogate((char) unit)
                    && r + 6 <= to
                    && source[r] == '\\'
                    && source[r + 1] == 'u'
                    && Character.isLowSurrogate((char) hex(source, r + 2));
            point = pair ? Character.toCodePoint((char) unit, (char) hex(source, r + 2)) : 0xFFFD;
            r += pair ? 6 : 0;
          }
          w = encode(point, target, w);
        }
        default -> target[w++] = kind;
      }
    }
    return w;
  }

  /** How many bytes there are before the next backslash. */
  private static int toBackslash(byte[] source, int from, int to) {
    int r = from;
    for (; r <= to - Long.BYTES; r += Long.BYTES) {
      long backslash = (long) LONGS.get(source, r) ^ BACKSLASHES;
      long hit = (backslash - ONES) & ~backslash & HIGHS;
      if (hit != 0) {
        return r + (Long.numberOfTrailingZeros(hit) >>> 3) - from;
      }
    }
    while (r < to && source[r] != '\\') {
      r++;
    }
    return r - from;
  }

  private int encode(int point, byte[] target, int at) {
    int w = at;
    if (point < 0x80) {
      target[w++] = (byte) point;
      return w;
    }
    bits |= HIGHS;
    if (point < 0x800) {
      target[w++] = (byte) (0xC0 | (point >> 6));
    } else if (point < 0x10000) {
      target[w++] = (byte) (0xE0 | (point >> 12));
      target[w++] = (byte) (0x80 | ((point >> 6) & 0x3F));
    } else {
      target[w++] = (byte) (0xF0 | (point >> 18));
      target[w++] = (byte) (0x80 | ((point >> 12) & 0x3F));
      target[w++] = (byte) (0x80 | ((point >> 6) & 0x3F));
    }
    target[w++] = (byte) (0x80 | (point & 0x3F));
    return w;
  }

  private static int hex(byte[] source, int at) {
    return (Character.digit(source[at], 16) << 12)
        | (Character.digit(source[at + 1], 16) << 8)
        | (Character.digit(source[at + 2], 16) << 4)
        | Character.digit(source[at + 3], 16);
  }

  // ---- JSON ------------------------------------------------------------------------------------

  private void object() throws MalformedRecordException {
    if (end - i >= 3 && b[i] == (byte) 0xEF && b[i + 1] == (byte) 0xBB && b[i + 2] == (byte) 0xBF) {
      i += 3; // the byte order mark of the file's first line
    }
    space();
    if (i == end) {
      throw new MalformedRecordException("A blank line");
    }
    if (b[i] != '{') {
      throw new MalformedRecordException(
          b[i] == 0 ? "NUL bytes instead of a JSON object" : "Not a JSON object");
    }
    members();
    space();
    if (i < end) {
      throw new MalformedRecordException(
          "The JSON object ends at byte " + (i - start) + " of the line, and more follows");
    }
    earlier.end(b, start, end, values);
  }

  /** Passes over the object of the line and takes its fields. */
  private void members() throws MalformedRecordException {
    boolean learning = earlier.begin();
    int next = 0; // of the earlier line
    int known = 0;
    int unknown = 0;
    for (boolean more = opens(); more; more = continues()) {
      int key = i;
      int same = next < earlier.members() ? earlier.sameTo(next, b, i, end) : 0;
      int differs = passSame(next, same);
      known += differs - next;
      next = differs;
      RedditField field;
      if (next < earlier.members() && same >= earlier.valueAt(next)) {
        i += earlier.valueAt(next) - earlier.keyAt(next);
        space();
        field = earlier.field(next);
        next++;
        known++;
      } else {
        space();
        field = key();
        field = field == WAS_DELETED_LATER ? OTHER : field;
        next = earlier.nextAfter(field, next);
        unknown++;
      }
      int value = i;
      field(field);
      if (learning) {
        earlier.learn(key - start, value - start, field);
      }
    }
    earlier.fared(known, unknown);
  }

  /** Takes the members that are the same as a whole, the next one's key begun; the next one. */
  private int passSame(int from, int same) {
    int next = from;
    while (next + 1 < earlier.members() && same >= earlier.keyAt(next + 1)) {
      next++;
    }
    if (next > from) {
      i += earlier.keyAt(next) - earlier.keyAt(from);
      earlier.give(from, next, values);
    }
    return next;
  }

  private void meta() throws MalformedRecordException {
    for (boolean more = opens(); more; more = continues()) {
      RedditField field = key();
      if (field == WAS_DELETED_LATER) {
        fact(field);
      } else {
        skipValue();
      }
    }
  }

  /** Passes over the beginning of an object; whether it has a member. */
  private boolean opens() throws MalformedRecordException {
    i++;
    space();
    if (peek() != '}') {
      return true;
    }
    i++;
    return false;
  }

  /** Passes over what stands behind a member; whether another one follows. */
  private boolean continues() throws MalformedRecordException {
    space();
    byte c = peek();
    if (c != '}' && c != ',') {
      throw unexpected();
    }
    i++;
    if (c == '}') {
      return false;
    }
    space();
    return true;
  }

  /** Passes over a key, its colon and the blanks after it; which field it names. */
  private RedditField key() throws MalformedRecordException {
    if (peek() != '"') {
      throw unexpected();
    }
    i++;
    int from = i;
    passString();
    RedditField field = escaped ? escapedKey(from, i - 1) : RedditField.of(b, from, i - 1);
    int p = i;
    if (p < end - 1 && b[p] == ':' && b[p + 1] > ' ') {
      i = p + 1;
      return field;
    }
    space();
    if (peek() != ':') {
      throw unexpected();
    }
    i++;
    space();
    return field;
  }

  private RedditField escapedKey(int from, int to) {
    int length = unescape(from, to);
    return RedditField.of(scratch, 0, length);
  }

  private void space() {
    while (i < end
        && b[i] <= ' '
        && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t')) {
      i++;
    }
  }

  private byte peek() throws MalformedRecordException {
    if (i >= end) {
      throw new MalformedRecordException("Half a JSON object: the line ends inside it");
    }
    return b[i];
  }

  private MalformedRecordException unexpected() {
    return i >= end
        ? new MalformedRecordException("Half a JSON object: the line ends inside it")
        : new MalformedRecordException("Not JSON at byte " + (i - start) + " of the line");
  }

  private void skipValue() throws MalformedRecordException {
    byte c = peek();
    if (c == '{' || c == '[') {
      skipContainer();
    } else {
      skipScalar(c);
    }
  }

  private void skipScalar(byte c) throws MalformedRecordException {
    if (c == '"') {
      i++;
      passString();
    } else if (c == 'n' || c == 'f' || c == 't') {
      literal();
    } else {
      passNumber();
    }
  }

  /** Passes over an object or array without recursion: one bit a level says which it is. */
  private void skipContainer() throws MalformedRecordException {
    int depth = 0;
    while (true) {
      byte c = peek();
      boolean opened = c == '{' || c == '[';
      if (opened) {
        // The object of the line, and that of _meta, are levels too.
        if (++depth > MAX_DEPTH - 2) {
          throw new MalformedRecordException("Nested deeper than " + MAX_DEPTH);
        }
        if (c == '[') {
          arrays[depth >> 6] |= 1L << depth;
        } else {
          arrays[depth >> 6] &= ~(1L << depth);
        }
        i++;
        space();
        opened = peek() != (c == '[' ? ']' : '}');
        if (opened && c == '{') {
          key();
        }
        if (opened) {
          continue;
        }
      } else {
        skipScalar(c);
      }
      while (true) {
        space();
        c = peek();
        boolean array = ((arrays[depth >> 6] >>> depth) & 1) != 0;
        if (c == ',' && depth > 0) {
          i++;
          space();
          if (!array) {
            key();
          }
          break;
        }
        if (c != (array ? ']' : '}')) {
          throw unexpected();
        }
        i++;
        if (--depth == 0) {
          return;
        }
      }
    }
  }

  private void literal() throws MalformedRecordException {
    int p = i;
    if (p <= end - 5) {
      int word = (int) INTS.get(b, p);
      if (word == NULL || word == TRUE) {
        i = p + 4;
        return;
      }
      if (word == FALS && b[p + 4] == 'e') {
        i = p + 5;
        return;
      }
    }
    String word = b[p] == 'n' ? "null" : b[p] == 't' ? "true" : "false";
    for (int k = 0; k < word.length(); k++, i++) {
      if (peek() != word.charAt(k)) {
        throw unexpected();
      }
    }
  }

  private void passNumber() throws MalformedRecordException {
    if (peek() == '-') {
      i++;
    }
    if (peek() == '0') {
      i++;
    } else {
      digits();
    }
    whole = true;
    if (i < end && b[i] == '.') {
      whole = false;
      i++;
      digits();
    }
    if (i < end && (b[i] == 'e' || b[i] == 'E')) {
      whole = false;
      i++;
      if (peek() == '+' || peek() == '-') {
        i++;
      }
      digits();
    }
  }

  private void digits() throws MalformedRecordException {
    byte c = peek();
    if (c < '0' || c > '9') {
      throw unexpected();
    }
    do {
      i++;
    } while (i < end && b[i] >= '0' && b[i] <= '9');
  }

  /** Passes over a string and its closing quote; the opening one has been passed. */
  private void passString() throws MalformedRecordException {
    byte[] bytes = b;
    int limit = end;
    int p = i;
    long all = 0;
    boolean anyEscape = false;
    while (true) {
      while (p <= limit - 8) {
        long word = (long) LONGS.get(bytes, p);
        long quote = word ^ QUOTES;
        long backslash = word ^ BACKSLASHES;
        long hit =
            (((quote - ONES) & ~quote)
                    | ((backslash - ONES) & ~backslash)
                    | ((word - SPACES) & ~word))
                & HIGHS;
        if (hit != 0) {
          // Carries reach upwards only, so the lowest hit is a true one.
          int k = Long.numberOfTrailingZeros(hit) >>> 3;
          all |= word & ((1L << (k << 3)) - 1);
          p += k;
          break;
        }
        all |= word;
        p += 8;
      }
      while (p < limit && bytes[p] != '"' && bytes[p] != '\\' && (bytes[p] & 0xE0) != 0) {
        all |= bytes[p];
        p++;
      }
      if (p >= limit) {
        i = limit;
        throw unexpected();
      }
      if (bytes[p] == '"') {
        break;
      }
      i = p;
      if (bytes[p] != '\\') {
        throw new MalformedRecordException(
            "A control character in a string, at byte " + (p - start) + " of the line");
      }
      anyEscape = true;
      p = escapeEnd(p + 1);
    }
    escaped = anyEscape;
    bits = all;
    i = p + 1;
  }

  private int escapeEnd(int kind) throws MalformedRecordException {
    i = kind;
    switch (peek()) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        return kind + 1;
      }
      case 'u' -> {
        for (i = kind + 1; i < kind + 5; i++) {
          if (Character.digit(peek(), 16) < 0) {
            throw unexpected();
          }
        }
        return kind + 5;
      }
      default -> throw unexpected();
    }
  }
}
