package io.ccpairs.core.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jsoup.parser.Parser;

/**
 * HTML of forum posts as plain text. Paragraphs, list items, table rows and lines of code each have
 * a line; blank lines are left out except within code. Code blocks keep their lines and
 * indentation; links and emphasis leave their words; images, scripts, styles and comments leave
 * nothing.
 *
 * <p>One pass over the text, in time linear in its length whatever it holds, with a bounded memory
 * of open lists. Tags need not match: each acts where it stands.
 */
public final class HtmlText {
  private static final int MAX_LISTS = 32;
  private static final int MAX_NAME = 10;

  private enum Act {
    NONE,
    BLOCK,
    BREAK,
    LIST,
    NUMBERED,
    ITEM,
    CELL,
    PRE,
    RAISED,
    HIDDEN
  }

  private static final Map<String, Act> ACTS =
      Map.ofEntries(
          Map.entry("p", Act.BLOCK),
          Map.entry("div", Act.BLOCK),
          Map.entry("h1", Act.BLOCK),
          Map.entry("h2", Act.BLOCK),
          Map.entry("h3", Act.BLOCK),
          Map.entry("h4", Act.BLOCK),
          Map.entry("h5", Act.BLOCK),
          Map.entry("h6", Act.BLOCK),
          Map.entry("blockquote", Act.BLOCK),
          Map.entry("table", Act.BLOCK),
          Map.entry("tr", Act.BLOCK),
          Map.entry("dl", Act.BLOCK),
          Map.entry("dt", Act.BLOCK),
          Map.entry("dd", Act.BLOCK),
          Map.entry("hr", Act.BLOCK),
          Map.entry("section", Act.BLOCK),
          Map.entry("article", Act.BLOCK),
          Map.entry("details", Act.BLOCK),
          Map.entry("summary", Act.BLOCK),
          Map.entry("br", Act.BREAK),
          Map.entry("ul", Act.LIST),
          Map.entry("ol", Act.NUMBERED),
          Map.entry("li", Act.ITEM),
          Map.entry("td", Act.CELL),
          Map.entry("th", Act.CELL),
          Map.entry("pre", Act.PRE),
          Map.entry("sup", Act.RAISED),
          Map.entry("script", Act.HIDDEN),
          Map.entry("style", Act.HIDDEN));

  private static final byte PLAIN = 0;
  private static final byte SPACE = 1;
  private static final byte MARK = 2;
  private static final byte NOTHING = 3;

  /** What a character below 128 is outside of code. */
  private static final byte[] CLASSES = classes();

  private final String html;
  private final char[] in;
  private char[] out;
  private int length;
  private final int[] lists = new int[MAX_LISTS];
  private int depth;
  private int pre;
  private boolean space;
  private boolean codeStarts;
  private int noTagEndsBehind = Integer.MAX_VALUE;

  private HtmlText(String html) {
    this.html = html;
    this.in = html.toCharArray();
    this.out = new char[in.length + 64];
  }

  private static byte[] classes() {
    byte[] classes = new byte[128];
    for (char c = 0; c < 128; c++) {
      boolean blank = c == ' ' || (c >= '\t' && c <= '\r');
      classes[c] =
          c == '<' || c == '&' ? MARK : blank ? SPACE : c < ' ' || c == 0x7F ? NOTHING : PLAIN;
    }
    return classes;
  }

  /** The text of a piece of HTML, without white space at its ends. */
  public static String of(String html) {
    return new HtmlText(html).read();
  }

  /**
   * Text that is no HTML, such as a title, as one line: control characters out, white space as
   * single spaces.
   */
  public static String line(String text) {
    HtmlText line = new HtmlText(text);
    for (char c : line.in) {
      line.add(c);
    }
    return line.text();
  }

  private String read() {
    int i = 0;
    while (i < in.length) {
      char c = in[i];
      if (c == '<') {
        i = tag(i);
      } else if (c == '&') {
        i = entity(i);
      } else if (pre == 0 && isPlain(c)) {
        i = words(i);
      } else {
        add(c);
        i++;
      }
    }
    endCodeLines();
    return text();
  }

  private String text() {
    return new String(out, 0, length);
  }

  private static boolean isPlain(char c) {
    return c < 128
        ? CLASSES[c] == PLAIN
        : c > 0xA0 && !invisible(c) && c != '\u2028' && c != '\u2029';
  }

  /** Copies words with the single spaces between them at once; gives the place behind the last. */
  private int words(int at) {
    int i = at + 1;
    while (i < in.length) {
      char c = in[i];
      if (isPlain(c)) {
        i++;
      } else if (c == ' ' && i + 1 < in.length && isPlain(in[i + 1])) {
        i += 2;
      } else {
        break;
      }
    }
    if (space) {
      space = false;
      if (length > 0 && !endsWith('\n') && !endsWith(' ')) {
        append(' ');
      }
    }
    int run = i - at;
    reserve(run);
    System.arraycopy(in, at, out, length, run);
    length += run;
    return i;
  }

  private void append(char c) {
    if (length == out.length) {
      reserve(1);
    }
    out[length++] = c;
  }

  private void append(String text) {
    reserve(text.length());
    text.getChars(0, text.length(), out, length);
    length += text.length();
  }

  private void reserve(int more) {
    if (length + more > out.length) {
      out = Arrays.copyOf(out, Math.max(length + more, 2 * out.length));
    }
  }

  /** Adds one character of text, or remembers the space that it is. */
  private void add(char c) {
    if (pre > 0) {
      if (codeStarts) {
        codeStarts = false;
        if (c == '\n' || c == '\r') {
          return;
        }
      }
      if (c == '\n' || c == '\t' || (c >= ' ' && !invisible(c))) {
        append(c);
      }
      return;
    }
    if (c <= ' ' || c == '\u00A0' || c == '\u2028' || c == '\u2029') {
      space |= c == ' ' || (c >= '\t' && c <= '\r') || c > ' ';
      return;
    }
    if (invisible(c)) {
      return;
    }
    if (space) {
      space = false;
      if (length > 0 && !endsWith('\n') && !endsWith(' ')) {
        append(' ');
      }
    }
    append(c);
  }

  /**
   * Characters that nobody sees and that keep equal words apart: soft hyphens, zero-width spaces,
   * DEL and C1 controls.
   */
  private static boolean invisible(char c) {
    return c == '\u00AD'
        || c == '\u200B'
        || c == '\uFEFF'
        || c == '\u2060'
        || (c >= 0x7F && c < 0xA0);
  }

  private int entity(int at) {
    int end = at + 1;
    int last = Math.min(html.length(), at + 34);
    while (end < last && (Character.isLetterOrDigit(in[end]) || in[end] == '#')) {
      end++;
    }
    if (end == at + 1) {
      add('&');
      return at + 1;
    }
    boolean closed = end < html.length() && in[end] == ';';
    String name = html.substring(at + 1, end);
    switch (name) {
      case "lt" -> add('<');
      case "gt" -> add('>');
      case "amp" -> add('&');
      case "quot" -> add('"');
      case "nbsp" -> add('\u00A0');
      default -> {
        String decoded = Parser.unescapeEntities(html.substring(at, closed ? end + 1 : end), false);
        for (int i = 0; i < decoded.length(); i++) {
          add(decoded.charAt(i));
        }
        return closed ? end + 1 : end;
      }
    }
    return closed ? end + 1 : end;
  }

  /** Reads what begins with a less-than sign; gives the place behind it. */
  private int tag(int at) {
    int next = at + 1;
    boolean closes = next < html.length() && in[next] == '/';
    if (closes) {
      next++;
    }
    if (next >= html.length() || noTagEndsBehind <= at) {
      add('<');
      return at + 1;
    }
    char first = in[next];
    if (html.startsWith("<!--", at)) {
      int end = html.indexOf("-->", at + 4);
      return end < 0 ? html.length() : end + 3;
    }
    boolean letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    if (!letter && first != '!' && first != '?') {
      add('<');
      return at + 1;
    }
    int end = tagEnd(next);
    if (end < 0) {
      noTagEndsBehind = at;
      add('<');
      return at + 1;
    }
    if (!letter) {
      return end + 1;
    }
    Act act = act(next, end);
    if (act == Act.HIDDEN && !closes) {
      return hidden(next, end + 1);
    }
    if (act == Act.RAISED) {
      if (!closes && isExponent(end + 1)) {
        append('^');
      }
    } else {
      apply(act, closes);
    }
    return end + 1;
  }

  /**
   * The place of the greater-than sign that ends a tag, quoted values passed over; -1 where there
   * is none.
   */
  private int tagEnd(int from) {
    char quote = 0;
    for (int i = from; i < html.length(); i++) {
      char c = in[i];
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '>') {
        return i;
      } else if ((c == '"' || c == '\'') && in[i - 1] == '=') {
        quote = c;
      }
    }
    // A quote that never ends hides no text: the tag then ends at the first sign.
    return quote == 0 ? -1 : html.indexOf('>', from);
  }

  private Act act(int start, int end) {
    int stop = start;
    while (stop < end && stop - start <= MAX_NAME && Character.isLetterOrDigit(in[stop])) {
      stop++;
    }
    if (stop - start > MAX_NAME) {
      return Act.NONE;
    }
    return ACTS.getOrDefault(html.substring(start, stop).toLowerCase(Locale.ROOT), Act.NONE);
  }

  /**
   * Whether a raised number follows on a letter, a digit or a bracket: 10<sup>5</sup> is not 105.
   */
  private boolean isExponent(int at) {
    char before = length == 0 || space ? ' ' : out[length - 1];
    int i = at < in.length && "+-−–".indexOf(in[at]) >= 0 ? at + 1 : at;
    int digits = i;
    while (i < in.length && in[i] >= '0' && in[i] <= '9') {
      i++;
    }
    return (Character.isLetterOrDigit(before) || before == ')')
        && i > digits
        && i < in.length
        && in[i] == '<';
  }

  private int hidden(int nameStart, int from) {
    boolean script = html.regionMatches(true, nameStart, "script", 0, 6);
    String close = script ? "</script" : "</style";
    for (int i = html.indexOf("</", from); i >= 0; i = html.indexOf("</", i + 2)) {
      if (html.regionMatches(true, i, close, 0, close.length())) {
        int end = html.indexOf('>', i);
        return end < 0 ? html.length() : end + 1;
      }
    }
    return html.length();
  }

  private void apply(Act act, boolean closes) {
    if (pre > 0) {
      if (act == Act.PRE) {
        pre += closes ? -1 : 1;
        if (pre == 0) {
          endCodeLines();
          newLine();
        }
      } else if (act == Act.BREAK) {
        append('\n');
      }
      return;
    }
    switch (act) {
      case BLOCK, BREAK -> newLine();
      case LIST -> list(closes, 0);
      case NUMBERED -> list(closes, 1);
      case ITEM -> {
        newLine();
        if (!closes) {
          item();
        }
      }
      case CELL -> {
        if (!closes && length > 0 && !endsWith('\n')) {
          append(" | ");
          space = false;
        }
      }
      case PRE -> {
        newLine();
        pre = closes ? 0 : 1;
        codeStarts = !closes;
      }
      case NONE, RAISED, HIDDEN -> {}
    }
  }

  private void list(boolean closes, int firstNumber) {
    newLine();
    if (closes) {
      depth = Math.max(0, depth - 1);
    } else {
      depth++;
      if (depth <= MAX_LISTS) {
        lists[depth - 1] = firstNumber;
      }
    }
  }

  private void item() {
    int level = Math.min(depth, MAX_LISTS);
    append("  ".repeat(Math.max(0, level - 1)));
    if (level > 0 && lists[level - 1] > 0) {
      append(lists[level - 1]++ + ". ");
    } else {
      append("- ");
    }
  }

  private void newLine() {
    space = false;
    if (length > 0 && !endsWith('\n')) {
      if (!endsWithMarker()) {
        trimLine();
        append('\n');
      }
    }
  }

  /** A paragraph at the beginning of a list item stays on its line. */
  private boolean endsWithMarker() {
    if (length < 2 || out[length - 1] != ' ') {
      return false;
    }
    int i = length - 2;
    if (out[i] == '.') {
      i--;
      int digits = i;
      while (i >= 0 && Character.isDigit(out[i])) {
        i--;
      }
      if (i == digits) {
        return false;
      }
    } else if (out[i] == '-') {
      i--;
    } else {
      return false;
    }
    while (i >= 0 && out[i] == ' ') {
      i--;
    }
    return i < 0 || out[i] == '\n';
  }

  private void trimLine() {
    while (length > 0 && out[length - 1] == ' ') {
      length--;
    }
  }

  /** Drops the blank lines at the end of a code block or of the text. */
  private void endCodeLines() {
    while (length > 0 && Character.isWhitespace(out[length - 1])) {
      length--;
    }
  }

  private boolean endsWith(char c) {
    return out[length - 1] == c;
  }
}
