package io.ccpairs.core.text;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jsoup.parser.Parser;

/**
 * HTML of forum posts as plain text. Paragraphs, list items, table rows and lines of code each have
 * a line; blank lines are left out except within code. Code blocks keep their lines and
 * indentation; links and emphasis leave their words; images, scripts, styles and comments leave
 * nothing.
 *
 * <p>One pass over the text, in time linear in its length whatever it holds, with a bounded memory
 * of open lists. Tags need not match: each acts where it stands.
 *
 * <p>Memory: three times the longest text, of which up to {@value #KEPT_CHARS} characters are kept
 * between calls. Not thread-safe: a task has its own.
 */
public final class HtmlText {
  static final int KEPT_CHARS = 1 << 18;

  private static final int MAX_LISTS = 32;
  private static final int MAX_NAME = 10;

  private enum Act {
    NONE,
    BLOCK,
    BREAK,
    LIST,
    NUMBERED,
    ITEM,
    ROW,
    CELL,
    PRE,
    RAISED,
    HIDDEN
  }

  private static final Map<Act, String> NAMES =
      Map.of(
          Act.BLOCK,
              "p div h1 h2 h3 h4 h5 h6 blockquote dl dt dd hr section article details summary",
          Act.BREAK, "br",
          Act.LIST, "ul",
          Act.NUMBERED, "ol",
          Act.ITEM, "li",
          Act.ROW, "table tr",
          Act.CELL, "td th",
          Act.PRE, "pre",
          Act.RAISED, "sup",
          Act.HIDDEN, "script style");

  /** Codes of the names of tags that act, in order, and what they do. */
  private static final long[] CODES =
      NAMES.values().stream()
          .flatMap(names -> Stream.of(names.split(" ")))
          .mapToLong(HtmlText::code)
          .sorted()
          .toArray();

  private static final Act[] ACTS = acts();

  private static final byte PLAIN = 0;
  private static final byte BLANK = 1;
  private static final byte SPACE = 2;
  private static final byte MARK = 4;
  private static final byte NOTHING = 8;

  /** What a character is outside of code. */
  private static final byte[] KINDS = kinds();

  private String html = "";
  private char[] in = {};
  private int size;
  private char[] out = new char[1 << 10];
  private int length;
  private final int[] lists = new int[MAX_LISTS];
  private int depth;
  private int pre;

  /** Cells that the row in hand has had, and where its text begins. */
  private int cells;

  private int row;

  private boolean space;
  private boolean codeStarts;
  private int noTagEndsBehind = Integer.MAX_VALUE;

  /** The number that stands for the name of a tag, upper case or lower, of ten letters at most. */
  private static long code(CharSequence name) {
    long code = 0;
    for (int i = 0; i < name.length(); i++) {
      code = code << 6 | digit(name.charAt(i));
    }
    return code;
  }

  /** 1 to 36 for a letter or digit of ASCII, or 63. */
  private static int digit(char c) {
    char lower = (char) (c | 0x20);
    return lower >= 'a' && lower <= 'z'
        ? lower - 'a' + 1
        : c >= '0' && c <= '9' ? c - '0' + 27 : 63;
  }

  private static Act[] acts() {
    Act[] acts = new Act[CODES.length];
    NAMES.forEach(
        (act, names) -> {
          for (String name : names.split(" ")) {
            acts[Arrays.binarySearch(CODES, code(name))] = act;
          }
        });
    return acts;
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[1 << Character.SIZE];
    for (int c = 0; c < kinds.length; c++) {
      kinds[c] = kind((char) c);
    }
    return kinds;
  }

  private static byte kind(char c) {
    if (c == '<' || c == '&') {
      return MARK;
    }
    if (c == ' ') {
      return BLANK;
    }
    if ((c >= '\t' && c <= '\r') || Character.isSpaceChar(c)) {
      return SPACE;
    }
    return c < ' ' || invisible(c) ? NOTHING : PLAIN;
  }

  /** The text of a piece of HTML, without white space at its ends. */
  public String of(String html) {
    begin(html);
    String text = read();
    letGo();
    return text;
  }

  /**
   * Text that is no HTML, such as a title, as one line: control characters out, white space as
   * single spaces.
   */
  public String line(String text) {
    begin(text);
    for (int i = 0; i < size; i++) {
      add(in[i]);
    }
    String line = text();
    letGo();
    return line;
  }

  private void begin(String text) {
    html = text;
    size = text.length();
    if (in.length < size) {
      in = new char[Math.max(size, Math.min(2 * in.length, KEPT_CHARS))];
    }
    text.getChars(0, size, in, 0);
    length = 0;
    depth = 0;
    pre = 0;
    cells = 0;
    space = false;
    codeStarts = false;
    noTagEndsBehind = Integer.MAX_VALUE;
    reserve(size);
  }

  private void letGo() {
    html = "";
    if (in.length > KEPT_CHARS) {
      in = new char[0];
    }
    if (out.length > KEPT_CHARS) {
      out = new char[1 << 10];
    }
  }

  private String read() {
    int i = 0;
    while (i < size) {
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
    return KINDS[c] == PLAIN;
  }

  /** Copies words with the single spaces between them at once; gives the place behind the last. */
  private int words(int at) {
    int i = behindWords(at);
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

  private int behindWords(int at) {
    char[] chars = in;
    int stop = size;
    int i = at + 1;
    // Eight at a time: all of them letters or blanks, no two blanks side by side. The character
    // before is a letter; a blank at the end is left to the next step, which sees what follows.
    while (i + 8 <= stop) {
      int kinds = 0;
      int before = PLAIN;
      for (int k = 0; k < 8; k++) {
        int kind = KINDS[chars[i + k]];
        kinds |= kind | (kind & before) << 1;
        before = kind;
      }
      if (kinds > BLANK) {
        break;
      }
      i += 8 - before;
    }
    while (i < stop) {
      char c = chars[i];
      if (isPlain(c)) {
        i++;
      } else if (c == ' ' && i + 1 < stop && isPlain(chars[i + 1])) {
        i += 2;
      } else {
        break;
      }
    }
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
    switch (KINDS[c]) {
      case BLANK, SPACE -> {
        space = true;
        return;
      }
      case NOTHING -> {
        return;
      }
      default -> {} // seen
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
   * marks of the writing direction, DEL and C1 controls.
   */
  private static boolean invisible(char c) {
    return c == '\u00AD'
        || c == '\u200B'
        || c == '\u200E'
        || c == '\u200F'
        || c == '\uFEFF'
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2060 && c <= 0x206F)
        || (c >= 0x7F && c < 0xA0);
  }

  private int entity(int at) {
    int end = at + 1;
    int last = Math.min(size, at + 34);
    while (end < last && (Character.isLetterOrDigit(in[end]) || in[end] == '#')) {
      end++;
    }
    if (end == at + 1) {
      add('&');
      return at + 1;
    }
    boolean closed = end < size && in[end] == ';';
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
    boolean closes = next < size && in[next] == '/';
    if (closes) {
      next++;
    }
    if (next >= size || noTagEndsBehind <= at) {
      add('<');
      return at + 1;
    }
    char first = in[next];
    if (html.startsWith("<!--", at)) {
      int end = html.indexOf("-->", at + 4);
      return end < 0 ? size : end + 3;
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
      return closes ? end + 1 : raised(end + 1);
    }
    if (act == Act.NUMBERED && pre == 0) {
      list(closes, firstNumber(next, end));
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
    for (int i = from; i < size; i++) {
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
    long code = 0;
    int stop = start;
    while (stop < end && Character.isLetterOrDigit(in[stop])) {
      if (stop - start == MAX_NAME) {
        return Act.NONE;
      }
      code = code << 6 | digit(in[stop++]);
    }
    int at = Arrays.binarySearch(CODES, code);
    return at < 0 ? Act.NONE : ACTS[at];
  }

  /**
   * Writes what makes a raised number or letter an exponent, where it follows on a letter, a digit
   * or a bracket: 10<sup>5</sup> is not 105; nor are 2<sup>n</sup>, e<sup>-2x</sup> and
   * (a)<sup>k+1</sup> what they look like in a line. The 4<sup>th</sup> and the 1<sup>er</sup> are
   * no powers, nor are a trade mark's TM and a note's letter.
   *
   * @return where to read on
   */
  private int raised(int at) {
    char before = length == 0 || space ? ' ' : out[length - 1];
    boolean letter = Character.isLetter(before);
    if (!letter && before != ')' && !Character.isDigit(before)) {
      return at;
    }
    int letters = 0;
    int digits = 0;
    int signs = 0;
    int i = at;
    for (; i < size && in[i] != '<'; i++) {
      char c = in[i];
      if (c >= '0' && c <= '9') {
        digits++;
      } else if ("nkmxyijN".indexOf(c) >= 0 && !Character.isLetter(in[i - 1])) {
        letters++;
      } else if (i > at && letters > 0 && "+-−–/".indexOf(c) >= 0) {
        signs++;
      } else if (i > at || "+-−–".indexOf(c) < 0) {
        return at;
      }
    }
    boolean oneLetter = letter && (length == 1 || !Character.isLetterOrDigit(out[length - 2]));
    if (i == size || !(letters == 0 ? digits > 0 : !letter || oneLetter)) {
      return at;
    }
    append('^');
    if (signs == 0) {
      return at;
    }
    append('(' + html.substring(at, i) + ')');
    return i;
  }

  private int hidden(int nameStart, int from) {
    boolean script = html.regionMatches(true, nameStart, "script", 0, 6);
    String close = script ? "</script" : "</style";
    for (int i = html.indexOf("</", from); i >= 0; i = html.indexOf("</", i + 2)) {
      if (html.regionMatches(true, i, close, 0, close.length())) {
        int end = html.indexOf('>', i);
        return end < 0 ? size : end + 1;
      }
    }
    return size;
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
      case LIST -> list(closes, -1);
      case ITEM -> {
        newLine();
        if (!closes) {
          item();
        }
      }
      case ROW -> {
        endRow();
        newLine();
      }
      case CELL -> {
        if (!closes) {
          cell();
        }
      }
      case PRE -> {
        newLine();
        pre = closes ? 0 : 1;
        codeStarts = !closes;
      }
      case NONE, NUMBERED, RAISED, HIDDEN -> {}
    }
  }

  /** Sets a cell apart from the one before it, be that empty or not. */
  private void cell() {
    if (cells++ == 0) {
      row = length;
    } else if (length <= row || endsWith(' ')) {
      append("| ");
      space = false;
    } else if (!endsWith('\n')) {
      append(" | ");
      space = false;
    }
  }

  /** Takes away what sets apart the cells of a row that holds nothing else. */
  private void endRow() {
    if (cells > 1) {
      int end = length;
      while (end > row && (out[end - 1] == ' ' || out[end - 1] == '|')) {
        end--;
      }
      if (end == row) {
        length = row;
      } else {
        trimLine();
      }
    }
    cells = 0;
  }

  /** The number that a list begins with, of its attribute {@code start}, else 1. */
  private int firstNumber(int from, int to) {
    String start = " start=";
    int i = from + 2;
    while (i + start.length() < to && !html.startsWith(start, i)) {
      i++;
    }
    i += start.length();
    if (i >= to) {
      return 1;
    }
    i += in[i] == '"' || in[i] == '\'' ? 1 : 0;
    int number = 0;
    int digits = 0;
    for (; in[i] >= '0' && in[i] <= '9' && digits < 9; i++, digits++) {
      number = 10 * number + in[i] - '0';
    }
    return digits == 0 ? 1 : number;
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
    if (level > 0 && lists[level - 1] >= 0) {
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

  /** A paragraph at the beginning of a list item or of a cell stays on its line. */
  private boolean endsWithMarker() {
    if (length < 2 || out[length - 1] != ' ') {
      return false;
    }
    int i = length - 2;
    if (out[i] == '|') {
      return cells > 1;
    }
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
