package io.ccpairs.core.text.wiki;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first pass: drops comments, references, galleries and the like with all that is in them, and
 * shields what is literal ({@code nowiki}, {@code pre}, code) by moving its marks to private
 * characters, which the last pass moves back.
 */
final class Shield {
  /** A mark c of ASCII stands at BASE + c while it is shielded. */
  static final char BASE = '\uE000';

  private static final int MAX_TAG_CHARS = 2_000;

  private enum Content {
    DROPPED,
    LITERAL,

    /** Literal with its blanks, which make its shape. */
    PREFORMATTED,

    /** The same, and no entity is meant in it either. */
    SOURCE,

    /** Its markup holds, but its empty parentheses are no holes that a template left. */
    CODE,
    FORMULA,

    /** Dropped with the tables in it. */
    TABLE
  }

  private static final Map<String, Content> ELEMENTS =
      Map.ofEntries(
          Map.entry("ref", Content.DROPPED),
          Map.entry("references", Content.DROPPED),
          Map.entry("gallery", Content.DROPPED),
          Map.entry("timeline", Content.DROPPED),
          Map.entry("score", Content.DROPPED),
          Map.entry("imagemap", Content.DROPPED),
          Map.entry("hiero", Content.DROPPED),
          Map.entry("graph", Content.DROPPED),
          Map.entry("mapframe", Content.DROPPED),
          Map.entry("maplink", Content.DROPPED),
          Map.entry("templatedata", Content.DROPPED),
          Map.entry("templatestyles", Content.DROPPED),
          Map.entry("inputbox", Content.DROPPED),
          Map.entry("categorytree", Content.DROPPED),
          Map.entry("includeonly", Content.DROPPED),
          Map.entry("indicator", Content.DROPPED),
          Map.entry("table", Content.TABLE),
          Map.entry("style", Content.DROPPED),
          Map.entry("script", Content.DROPPED),
          Map.entry("nowiki", Content.LITERAL),
          Map.entry("pre", Content.PREFORMATTED),
          Map.entry("source", Content.SOURCE),
          Map.entry("syntaxhighlight", Content.SOURCE),
          Map.entry("code", Content.CODE),
          Map.entry("tt", Content.CODE),
          Map.entry("kbd", Content.CODE),
          Map.entry("samp", Content.CODE),
          Map.entry("math", Content.FORMULA),
          Map.entry("chem", Content.FORMULA),
          Map.entry("ce", Content.FORMULA));

  private static final int LONGEST_NAME = 15;

  private final String in;
  private final char[] out;
  private int length;

  /**
   * Where the next closing tag of a name stands, as last found; a search from before it need not be
   * made again.
   */
  private final Map<String, Integer> closings = new HashMap<>();

  /** The place behind each table's end, by the place of its beginning; null until one is met. */
  private @Nullable Map<Integer, Integer> tables;

  /** Where the code ends that is being read. */
  private int codeEnd;

  /** Whether what is read may be within an entity. */
  private boolean entity;

  private Shield(String in) {
    this.in = in;
    this.out = new char[in.length() + 1];
  }

  /** The page's text after this pass. */
  static char[] over(String wikitext) {
    Shield shield = new Shield(wikitext);
    shield.read();
    return Arrays.copyOf(shield.out, shield.length);
  }

  private void read() {
    int i = 0;
    while (i < in.length()) {
      int angle = in.indexOf('<', i);
      int end = angle < 0 ? in.length() : angle;
      if (i < codeEnd) {
        code(i, end);
      } else {
        copy(i, end);
      }
      i = angle < 0 ? end : angle(angle);
    }
  }

  /** Copies a piece of code; what the last pass would mend in a sentence is shielded. */
  private void code(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = in.charAt(i);
      boolean pair = c == '[' && i + 1 < to && in.charAt(i + 1) == ']';
      if (pair) {
        shield(c);
        shield(in.charAt(++i));
      } else if (c == '(' || c == ')' || c == ',' || c == '.' || (c == ';' && !endsEntity(c))) {
        shield(c);
      } else {
        endsEntity(c);
        add(c);
      }
    }
  }

  private void shield(char c) {
    out[length++] = (char) (BASE + c);
  }

  /** Whether a character ends an entity; must be asked for one after another. */
  private boolean endsEntity(char c) {
    boolean ends = entity && c == ';';
    entity = c == '&' || (entity && (c == '#' || isLetter(c) || (c >= '0' && c <= '9')));
    return ends;
  }

  private void copy(int from, int to) {
    in.getChars(from, to, out, length);
    int i = length;
    int end = i + to - from;
    while (i < end && !isStrange(out[i])) {
      i++;
    }
    length = i;
    for (; i < end; i++) {
      add(out[i]);
    }
  }

  private void add(char c) {
    if (!isStrange(c)) {
      out[length++] = c;
    }
  }

  /** Private characters and controls of the page itself would be taken for shielded marks. */
  private static boolean isStrange(char c) {
    return c < ' ' ? c != '\n' && c != '\t' : c >= BASE && c < BASE + 128;
  }

  private int angle(int at) {
    if (in.startsWith("<!--", at)) {
      return comment(at);
    }
    int nameEnd = at + 1;
    while (nameEnd < in.length()
        && nameEnd - at <= LONGEST_NAME + 1
        && isLetter(in.charAt(nameEnd))) {
      nameEnd++;
    }
    String name =
        nameEnd - at > 1 && nameEnd - at <= LONGEST_NAME + 1 ? lower(at + 1, nameEnd) : "";
    Content content = ELEMENTS.get(name);
    if (content == null) {
      add('<');
      return at + 1;
    }
    int tagEnd = tagEnd(nameEnd);
    if (tagEnd < 0) {
      add('<');
      return at + 1;
    }
    if (in.charAt(tagEnd - 1) == '/') {
      return tagEnd + 1;
    }
    if (content == Content.TABLE) {
      return table(at, tagEnd + 1);
    }
    int close = next(name, tagEnd + 1);
    if (content == Content.CODE) {
      codeEnd = close == Integer.MAX_VALUE ? codeEnd : close;
      add('<');
      return at + 1;
    }
    if (close == Integer.MAX_VALUE) {
      // Unclosed: only the tag goes.
      return tagEnd + 1;
    }
    if (content == Content.DROPPED) {
      if (name.equals("ref") && opensAgain(tagEnd + 1, close)) {
        return tagEnd + 1;
      }
    } else if (content == Content.FORMULA) {
      formula(tagEnd + 1, close);
    } else {
      literal(tagEnd + 1, close, content);
    }
    return behindTag(close);
  }

  private int behindTag(int at) {
    int end = in.indexOf('>', at);
    return end < 0 ? in.length() : end + 1;
  }

  /** Of a table that is never closed only the tag goes. */
  private int table(int at, int behindTag) {
    if (tables == null) {
      tables = tables();
    }
    return tables.getOrDefault(at, behindTag);
  }

  private Map<Integer, Integer> tables() {
    Map<Integer, Integer> ends = new HashMap<>();
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = in.indexOf('<'); i >= 0; i = in.indexOf('<', i + 1)) {
      if (isTag(i, "<table")) {
        open.push(i);
      } else if (isTag(i, "</table") && !open.isEmpty()) {
        ends.put(open.pop(), behindTag(i));
      }
    }
    return ends;
  }

  private boolean isTag(int at, String tag) {
    int end = at + tag.length();
    return in.regionMatches(true, at, tag, 0, tag.length())
        && (end == in.length() || !isLetter(in.charAt(end)));
  }

  /**
   * Whether another reference opens before this one is closed: then this one was left open, and its
   * text is the page's.
   */
  private boolean opensAgain(int from, int close) {
    // No further than the closing tag, which begins with the sign that is sought.
    for (int at = in.indexOf('<', from); at < close; at = in.indexOf('<', at + 1)) {
      if (isTag(at, "<ref")) {
        int end = tagEnd(at + 4);
        if (end >= 0 && end < close && in.charAt(end - 1) != '/') {
          return true;
        }
      }
    }
    return false;
  }

  private int comment(int at) {
    int close = next("-->", at + 4);
    if (close == Integer.MAX_VALUE) {
      return at + 4;
    }
    int end = close + 3;
    // A comment that has its line to itself leaves no empty line.
    boolean ownLine =
        length > 0 && out[length - 1] == '\n' && end < in.length() && in.charAt(end) == '\n';
    return ownLine ? end + 1 : end;
  }

  private int tagEnd(int from) {
    int last = Math.min(in.length(), from + MAX_TAG_CHARS);
    for (int i = from; i < last; i++) {
      char c = in.charAt(i);
      if (c == '>') {
        return i;
      } else if (c == '<') {
        return -1;
      }
    }
    return -1;
  }

  /**
   * The place of the next closing tag, or of the next such text; Integer.MAX_VALUE where there is
   * none.
   */
  private int next(String wanted, int from) {
    Integer known = closings.get(wanted);
    if (known != null && known >= from) {
      return known;
    }
    int found = wanted.equals("-->") ? in.indexOf(wanted, from) : closingTag(wanted, from);
    int place = found < 0 ? Integer.MAX_VALUE : found;
    closings.put(wanted, place);
    return place;
  }

  private int closingTag(String name, int from) {
    String tag = "</" + name;
    for (int i = in.indexOf("</", from); i >= 0; i = in.indexOf("</", i + 2)) {
      if (isTag(i, tag)) {
        return i;
      }
    }
    return -1;
  }

  private void literal(int from, int to, Content content) {
    entity = false;
    for (int i = from; i < to; i++) {
      literal(in.charAt(i), content);
    }
  }

  private void literal(char c, Content content) {
    if (c <= ' ') {
      boolean blank = (c == ' ' || c == '\t') && content != Content.LITERAL;
      if (blank) {
        shield(c);
      } else {
        add(c);
      }
      return;
    }
    boolean letter = isLetter(c) || (c >= '0' && c <= '9');
    boolean entity = content != Content.SOURCE && (endsEntity(c) || c == '&');
    if (c >= 128 || letter || entity) {
      add(c);
    } else {
      shield(c);
    }
  }

  private void formula(int from, int to) {
    shield('$');
    entity = false;
    boolean space = false;
    for (int i = from; i < to; i++) {
      char c = in.charAt(i);
      if (c <= ' ') {
        space = true;
        continue;
      }
      if (space && out[length - 1] != BASE + '$') {
        shield(' ');
      }
      space = false;
      literal(c, Content.FORMULA);
    }
    if (out[length - 1] == BASE + '$') {
      length--;
    } else {
      shield('$');
    }
  }

  private String lower(int start, int end) {
    char[] name = new char[end - start];
    for (int i = start; i < end; i++) {
      name[i - start] = (char) (in.charAt(i) | 0x20);
    }
    return new String(name);
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
