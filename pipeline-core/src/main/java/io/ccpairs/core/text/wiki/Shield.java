package io.ccpairs.core.text.wiki;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

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
    FORMULA
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
          Map.entry("style", Content.DROPPED),
          Map.entry("script", Content.DROPPED),
          Map.entry("nowiki", Content.LITERAL),
          Map.entry("pre", Content.LITERAL),
          Map.entry("source", Content.LITERAL),
          Map.entry("syntaxhighlight", Content.LITERAL),
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
      copy(i, end);
      i = angle < 0 ? end : angle(angle);
    }
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
    int close = next(name, tagEnd + 1);
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
      literal(tagEnd + 1, close);
    }
    int end = in.indexOf('>', close);
    return end < 0 ? in.length() : end + 1;
  }

  /**
   * Whether another reference opens before this one is closed: then this one was left open, and its
   * text is the page's.
   */
  private boolean opensAgain(int from, int close) {
    int again = in.indexOf("<ref", from);
    if (again < 0 || again > close || isLetter(in.charAt(again + 4))) {
      return false;
    }
    int end = tagEnd(again + 4);
    return end >= 0 && end < close && in.charAt(end - 1) != '/';
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
      int end = i + tag.length();
      if (in.regionMatches(true, i, tag, 0, tag.length())
          && (end == in.length() || !isLetter(in.charAt(end)))) {
        return i;
      }
    }
    return -1;
  }

  private void literal(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = in.charAt(i);
      boolean mark =
          c < 128 && c > ' ' && !isLetter(c) && !(c >= '0' && c <= '9') && c != '&' && c != ';';
      if (mark) {
        out[length++] = (char) (BASE + c);
      } else {
        add(c);
      }
    }
  }

  private void formula(int from, int to) {
    out[length++] = (char) (BASE + '$');
    boolean space = false;
    for (int i = from; i < to; i++) {
      char c = in.charAt(i);
      if (c <= ' ') {
        space = true;
        continue;
      }
      if (space && out[length - 1] != BASE + '$') {
        out[length++] = ' ';
      }
      space = false;
      literal(i, i + 1);
    }
    if (out[length - 1] == BASE + '$') {
      length--;
    } else {
      out[length++] = (char) (BASE + '$');
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
