package io.ccpairs.core.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jsoup.parser.Parser;

/**
 * The marks inside a paragraph: emphasis, code, links, spoilers, escapes, entities. Writes the text
 * that is left to a buffer of its own, to which {@link MarkdownBlocks} adds the lines.
 *
 * <p>A mark is taken off only where Reddit would have shown none: a delimiter is written first and
 * taken out again when its partner comes. Every look ahead is bounded or remembered, so the time is
 * linear in the text whatever it holds, and nothing recurses.
 */
final class MarkdownInline {
  private static final char GONE = RawChars.GONE;

  /** Deepest nesting of brackets, and most open delimiters of one kind, that are remembered. */
  private static final int MAX_BRACKETS = 256;

  private static final int MAX_OPENERS = 1 << 14;

  /** How many openers a closer looks at before it stays what it is: a character. */
  private static final int MAX_OPENERS_TRIED = 8;

  private static final int MAX_BACKTICKS = 32;
  private static final int MAX_ENTITY_CHARS = 12;
  private static final int MAX_TITLE_CHARS = 512;
  private static final int MAX_TAG_CHARS = 512;
  private static final int MAX_WORD_CHARS = 64;

  private static final int[] NONE = {};

  private static final boolean[] SPECIAL = new boolean[128];
  private static final boolean[] WORD = new boolean[128];

  static {
    for (char c : "\\`*_~[]<>!^&:\n\t".toCharArray()) {
      SPECIAL[c] = true;
    }
    for (char c = 0; c < 128; c++) {
      WORD[c] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
  }

  private final char[] in;
  private final Set<String> references;
  private char[] out;
  private int o;

  /** Where the current paragraph begins in {@link #out}. */
  private int begin;

  private boolean gone;
  private final Openers stars = new Openers();
  private final Openers underscores = new Openers();
  private final Openers tildes = new Openers();
  private int[] brackets = NONE;
  private int openBrackets;
  private int[] tagAt = NONE;
  private String[] tagName = {};
  private int openTags;
  private int spoilerAt;

  /** Whether a spoiler that began with a line has not ended, be it paragraphs ago. */
  private boolean hides;

  /** Per length of a run of backticks: the end of the paragraph that has no more such run. */
  private int[] backticksSearchedTo = NONE;

  private int noParenthesisBefore;

  /**
   * @param in cleaned text
   * @param length how much of it is text
   * @param references ids of the links defined elsewhere in the text, in lower case
   */
  MarkdownInline(char[] in, int length, Set<String> references) {
    this.in = in;
    this.references = references;
    this.out = new char[length + 16];
  }

  /** The text written so far, without white space around. */
  String text() {
    int from = 0;
    int end = o;
    while (end > 0 && out[end - 1] <= ' ') {
      end--;
    }
    while (from < end && out[from] <= ' ') {
      from++;
    }
    return new String(out, from, end - from);
  }

  int written() {
    return o;
  }

  /** Takes back what was written after {@code length}. */
  void takeBack(int length) {
    o = length;
  }

  /** Goes to the start of a line, unless it is there. */
  void startLine() {
    if (o > 0 && out[o - 1] != '\n') {
      put('\n');
    }
  }

  void put(char c) {
    if (o == out.length) {
      out = Arrays.copyOf(out, o + (o >> 1) + 16);
    }
    out[o++] = c;
  }

  /** Writes characters as they stand. */
  void verbatim(int start, int end) {
    room(end - start);
    System.arraycopy(in, start, out, o, end - start);
    o += end - start;
  }

  /** What {@link #paragraph} does after a line end. */
  enum Margin {
    /** Skips blanks. */
    BLANK,
    /** Skips blanks and the signs of a quotation. */
    QUOTED
  }

  /**
   * Writes a paragraph as plain text: one line, or several where the author forced a line end.
   *
   * @return whether there was any text in it
   */
  boolean paragraph(int start, int end, Margin margin) {
    room(end - start);
    begin = o;
    gone = false;
    stars.size = 0;
    underscores.size = 0;
    tildes.size = 0;
    openBrackets = 0;
    openTags = 0;
    spoilerAt = -1;

    int i = start;
    while (i < end) {
      char c = in[i];
      if (c >= 128 || !SPECIAL[c]) {
        i = plain(i, end);
        continue;
      }
      i =
          switch (c) {
            case '\t' -> blank(i);
            case '\n' -> lineEnd(i, start, end, margin);
            case '*' -> delimiters(i, start, end, stars);
            case '_' -> delimiters(i, start, end, underscores);
            case '~' -> delimiters(i, start, end, tildes);
            case '`' -> code(i, start, end);
            case '\\' -> escape(i, end, margin);
            case '[' -> openBracket(i);
            case ']' -> closeBracket(i, end);
            case '<' -> angle(i, end);
            case '>' -> spoilerStart(i, start, end);
            case '!' -> spoilerEnd(i, end);
            case '^' -> superscript(i, start, end);
            case '&' -> entity(i, end);
            case ':' -> address(i, start, end);
            default -> throw new IllegalStateException("No rule for character " + (int) c);
          };
    }
    if (gone) {
      compact();
    }
    trim();
    return o > begin;
  }

  /**
   * Writes a line in which nothing is Markdown, such as a title: entities decoded, one space where
   * there were several, and no line ends.
   */
  void unmarked(int start, int end) {
    begin = o;
    int i = start;
    while (i < end) {
      char c = in[i];
      if (c == '&') {
        i = entity(i, end);
      } else if (c <= ' ') {
        i = blank(i);
      } else {
        put(c);
        i++;
      }
    }
    trim();
  }

  /** Copies up to the next sign; {@link #compact} takes out the second of two spaces. */
  private int plain(int from, int end) {
    char[] source = in;
    int previous = o > begin ? out[o - 1] : ' ';
    int twice = 0;
    int i = from;
    for (; i < end; i++) {
      char c = source[i];
      if (c < 128 && SPECIAL[c]) {
        break;
      }
      twice |= (((c ^ ' ') | (previous ^ ' ')) - 1) >>> 31; // 1 for two spaces, without a branch
      previous = c;
    }
    gone |= twice != 0;
    System.arraycopy(source, from, out, o, i - from);
    o += i - from;
    return i;
  }

  private int blank(int i) {
    if (o > begin && out[o - 1] > ' ') {
      out[o++] = ' ';
    }
    return i + 1;
  }

  /** A line end is a space, unless two spaces or a backslash stand before it. */
  private int lineEnd(int i, int start, int end, Margin margin) {
    boolean forced = i - 2 >= start && in[i - 1] == ' ' && in[i - 2] == ' ';
    return nextLine(i, end, margin, forced ? '\n' : ' ');
  }

  private int nextLine(int i, int end, Margin margin, char separator) {
    trim();
    if (o > begin) {
      out[o++] = separator;
    }
    int next = i + 1;
    while (next < end
        && (in[next] == ' '
            || in[next] == '\t'
            || (margin == Margin.QUOTED
                && in[next] == '>'
                && MarkdownBlocks.isQuoteSign(in, next, end)))) {
      next++;
    }
    return next;
  }

  private void trim() {
    while (o > begin && out[o - 1] <= ' ') {
      o--;
    }
  }

  // ---- Emphasis, strong and strike -------------------------------------------------------------

  /** Runs of one delimiter that may still be closed, innermost last. */
  private static final class Openers {
    int[] at = NONE;
    int[] length = NONE;
    int[] sides = NONE;
    int size;

    void push(int position, int count, int side) {
      if (size == MAX_OPENERS) {
        return;
      }
      if (size == at.length) {
        int capacity = Math.max(8, 2 * size);
        at = Arrays.copyOf(at, capacity);
        length = Arrays.copyOf(length, capacity);
        sides = Arrays.copyOf(sides, capacity);
      }
      at[size] = position;
      length[size] = count;
      sides[size++] = side;
    }
  }

  /** The run stands between two letters or digits. */
  private static final int IN_WORD = 1;

  /** The run may open and close. */
  private static final int BOTH = 2;

  /**
   * A run of {@code *}, {@code _} or {@code ~}. The rules are CommonMark's, with exceptions that
   * leave alone what people write without meaning emphasis: {@code 2*3*4}, {@code f*ck}, {@code
   * f***ing}, {@code snake_case}, {@code __init__}, {@code ^_^}, {@code ~5}.
   */
  private int delimiters(int i, int start, int end, Openers openers) {
    char c = in[i];
    int j = i + 1;
    while (j < end && in[j] == c) {
      j++;
    }
    int run = j - i;
    char before = i > start ? in[i - 1] : '\n';
    char after = j < end ? in[j] : '\n';
    int at = o;
    Arrays.fill(out, o, o + run, c);
    o += run;
    if (run > 3 || (c == '~' && run != 2)) {
      return j;
    }
    boolean blankBefore = before <= ' ';
    boolean blankAfter = after <= ' ';
    boolean signBefore = !blankBefore && !isLetter(before);
    boolean signAfter = !blankAfter && !isLetter(after);
    boolean opens = !blankAfter && (!signAfter || blankBefore || signBefore);
    boolean closes = !blankBefore && (!signBefore || blankAfter || signAfter);
    if (c == '_') {
      if (signBefore && signAfter) {
        return j;
      }
      boolean both = opens && closes;
      opens = opens && (!both || signBefore);
      closes = closes && (!both || signAfter);
    } else if (run > 1) {
      // More lenient than CommonMark, as Reddit was: "**Note:**text" is bold.
      opens = !blankAfter;
      closes = !blankBefore;
    }
    int side = (isWord(before) && isWord(after) ? IN_WORD : 0) | (opens && closes ? BOTH : 0);
    int open = closes ? close(openers, at, run, side) : run;
    if (opens && open > 0) {
      openers.push(at + run - open, open, side);
    }
    return j;
  }

  /** Pairs a run with openers; how many of its characters found none. */
  private int close(Openers openers, int at, int run, int side) {
    int left = run;
    int tried = 0;
    int k = openers.size - 1;
    while (left > 0 && k >= 0 && tried < MAX_OPENERS_TRIED) {
      if (!fit(openers, k, at, run, side)) {
        k--;
        tried++;
        continue;
      }
      int from = openers.at[k] + openers.length[k];
      if (openers == underscores && left == 2 && openers.length[k] == 2 && isIdentifier(from, at)) {
        openers.size = k;
        return 0;
      }
      int both = Math.min(openers.length[k], left);
      Arrays.fill(out, from - both, from, GONE);
      Arrays.fill(out, at + run - left, at + run - left + both, GONE);
      gone = true;
      left -= both;
      openers.length[k] -= both;
      openers.size = openers.length[k] == 0 ? k : k + 1;
      k = openers.size - 1;
    }
    return left;
  }

  private boolean fit(Openers openers, int k, int at, int run, int side) {
    int opened = openers.length[k];
    int from = openers.at[k] + opened;
    if (from == at) {
      return false;
    }
    boolean mixed = ((side | openers.sides[k]) & BOTH) != 0;
    if (mixed && (opened + run) % 3 == 0 && (opened % 3 != 0 || run % 3 != 0)) {
      return false; // CommonMark's rule of three
    }
    boolean openedInWord = (openers.sides[k] & IN_WORD) != 0;
    boolean closedInWord = (side & IN_WORD) != 0;
    if (openedInWord && closedInWord) {
      return false;
    }
    return !(openedInWord || (closedInWord && run == 1)) || isOneWord(from, at);
  }

  private boolean isOneWord(int from, int to) {
    if (to - from > MAX_WORD_CHARS) {
      return false;
    }
    for (int k = from; k < to; k++) {
      if (out[k] <= ' ') {
        return false;
      }
    }
    return true;
  }

  /** Whether the text is such as {@code init}, so that two underscores on each side are its own. */
  private boolean isIdentifier(int from, int to) {
    if (to - from > MAX_WORD_CHARS) {
      return false;
    }
    for (int k = from; k < to; k++) {
      char c = out[k];
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return c < 128 ? WORD[c] : Character.isLetterOrDigit(c);
  }

  /** A letter of a script that sets its words apart by spaces. */
  private static boolean isWord(char c) {
    return c < 128
        ? WORD[c]
        : (c < 0x2E80 || (c >= 0xAC00 && c < 0xD7B0)) && Character.isLetterOrDigit(c);
  }

  private void compact() {
    int w = begin;
    for (int r = begin; r < o; r++) {
      char c = out[r];
      if (c == '\n' && w > begin && out[w - 1] == ' ') {
        w--;
      }
      boolean twice = c == ' ' && (w == begin || out[w - 1] <= ' ');
      if (c != GONE && !twice) {
        out[w++] = c;
      }
    }
    o = w;
  }

  // ---- Code ------------------------------------------------------------------------------------

  private int code(int i, int start, int end) {
    int j = i + 1;
    while (j < end && in[j] == '`') {
      j++;
    }
    int run = j - i;
    boolean apostrophe = i > start && j < end && run == 1 && isLetter(in[i - 1]) && isLetter(in[j]);
    int closer = -1;
    if (backticksSearchedTo.length == 0) {
      backticksSearchedTo = new int[MAX_BACKTICKS + 1];
    }
    if (!apostrophe && run <= MAX_BACKTICKS && backticksSearchedTo[run] < end) {
      closer = closer(j, end, run);
    }
    if (closer < 0) {
      if (!apostrophe && run <= MAX_BACKTICKS) {
        backticksSearchedTo[run] = end;
      }
      Arrays.fill(out, o, o + run, '`');
      o += run;
      return j;
    }
    int from = j;
    int to = closer;
    while (from < to && in[from] <= ' ') {
      from++;
    }
    while (to > from && in[to - 1] <= ' ') {
      to--;
    }
    for (int k = from; k < to; k++) {
      out[o++] = in[k] < ' ' ? ' ' : in[k];
    }
    return closer + run;
  }

  private int closer(int from, int end, int run) {
    int i = from;
    while (i < end) {
      if (in[i] != '`') {
        i++;
        continue;
      }
      int j = i + 1;
      while (j < end && in[j] == '`') {
        j++;
      }
      if (j - i == run) {
        return i;
      }
      i = j;
    }
    return -1;
  }

  // ---- Escapes and entities --------------------------------------------------------------------

  private int escape(int i, int end, Margin margin) {
    if (i + 1 < end) {
      char next = in[i + 1];
      if (next == '\n') {
        return nextLine(i + 1, end, margin, '\n');
      }
      boolean shrug = next == '_' && i > 0 && in[i - 1] == '\u00AF';
      if (isMark(next) && !shrug) {
        out[o++] = next;
        return i + 2;
      }
    }
    out[o++] = '\\';
    return i + 1;
  }

  private static boolean isMark(char c) {
    return c > ' ' && c < 127 && !WORD[c];
  }

  private int entity(int i, int end) {
    int semicolon = i + 1;
    int last = Math.min(end, i + MAX_ENTITY_CHARS);
    while (semicolon < last && (isLetter(in[semicolon]) || in[semicolon] == '#')) {
      semicolon++;
    }
    if (semicolon == last || in[semicolon] != ';' || semicolon == i + 1) {
      put('&');
      return i + 1;
    }
    String decoded = in[i + 1] == '#' ? numbered(i + 2, semicolon) : named(i, semicolon + 1);
    if (decoded.isEmpty()) {
      put('&');
      return i + 1;
    }
    for (int k = 0; k < decoded.length(); k++) {
      char c = decoded.charAt(k);
      char one = Character.isSurrogate(c) ? c : RawChars.one(c);
      if (one <= ' ') {
        blank(i);
      } else if (one != GONE) {
        put(one);
      }
    }
    return semicolon + 1;
  }

  /** The character of {@code #38} or {@code #x26}; empty where there is none. */
  private String numbered(int from, int to) {
    int radix = from < to && (in[from] == 'x' || in[from] == 'X') ? 16 : 10;
    int start = radix == 16 ? from + 1 : from;
    if (start == to || to - start > 7) {
      return "";
    }
    int point = 0;
    for (int k = start; k < to; k++) {
      int digit = in[k] < 128 ? Character.digit(in[k], radix) : -1;
      if (digit < 0) {
        return "";
      }
      point = point * radix + digit;
    }
    if (point > Character.MAX_CODE_POINT) {
      return "";
    }
    boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    return half ? "\uFFFD" : Character.toString(point);
  }

  /** The characters that a name in HTML stands for; empty where it knows no such name. */
  private String named(int from, int to) {
    String entity = new String(in, from, to - from);
    String decoded = Parser.unescapeEntities(entity, true);
    return decoded.equals(entity) ? "" : decoded;
  }

  // ---- Links, images and addresses -------------------------------------------------------------

  private int openBracket(int i) {
    if (openBrackets < MAX_BRACKETS) {
      if (openBrackets == brackets.length) {
        brackets = Arrays.copyOf(brackets, Math.max(8, 2 * openBrackets));
      }
      brackets[openBrackets++] = o;
    }
    out[o++] = '[';
    return i + 1;
  }

  private int closeBracket(int i, int end) {
    if (openBrackets == 0) {
      out[o++] = ']';
      return i + 1;
    }
    int opened = brackets[--openBrackets];
    int after = -1;
    if (i + 1 < end && in[i + 1] == '(') {
      after = destination(i + 2, end);
    } else if (i + 1 < end && in[i + 1] == '[' && !references.isEmpty()) {
      after = reference(i + 2, end, opened);
    }
    if (after < 0) {
      out[o++] = ']';
      return i + 1;
    }
    gone = true;
    out[opened] = GONE;
    if (opened > begin && out[opened - 1] == '!') {
      image(opened, i + 2);
    }
    return after;
  }

  /** What looks like a link behind an exclamation mark, which is an image's or the sentence's. */
  private void image(int opened, int destination) {
    char before = opened - 1 == begin ? ' ' : out[opened - 2];
    boolean apart = before <= ' ' || before == '(' || before == GONE;
    // What Reddit's editor puts where people chose a picture: ![gif](giphy|3o7TKMt1)
    String alternative = new String(out, opened + 1, Math.min(8, o - opened - 1));
    boolean chosen =
        (alternative.equals("gif") || alternative.equals("img") || alternative.equals("video"))
            && (apart || isNoAddress(destination));
    if (chosen) {
      Arrays.fill(out, opened - 1, o, GONE);
    } else if (apart) {
      out[opened - 1] = GONE;
    }
  }

  /** Whether what is linked is such as {@code giphy|3o7TKMt1}: the name of a picture. */
  private boolean isNoAddress(int from) {
    int k = from;
    while (isLetter(in[k])) {
      k++;
    }
    return in[k] == '|' || in[k] == ')';
  }

  /**
   * The end of a link's destination and title.
   *
   * @param from after the opening parenthesis
   * @return the index after the closing one; -1 when this is no link
   */
  private int destination(int from, int end) {
    if (from < noParenthesisBefore) {
      return -1;
    }
    int k = from;
    while (k < end && in[k] == ' ') {
      k++;
    }
    int depth = 0;
    int lastClosed = -1;
    for (; k < end && in[k] > ' '; k++) {
      char c = in[k];
      if (c == '\\' && k + 1 < end && isMark(in[k + 1])) {
        k++;
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        if (depth == 0) {
          return k + 1;
        }
        depth--;
        lastClosed = k;
      }
    }
    int title = k;
    while (title < end && in[title] <= ' ') {
      title++;
    }
    if (title < end && (in[title] == '"' || in[title] == '\'')) {
      int closed = titleEnd(title, end);
      if (closed >= 0) {
        return closed;
      }
    }
    if (lastClosed >= 0) {
      return lastClosed + 1;
    }
    // An address with blanks in it, as people paste them: up to the parenthesis on the same line.
    int last = Math.min(end, k + MAX_TITLE_CHARS);
    while (k < last && in[k] != ')' && in[k] != '\n') {
      k++;
    }
    if (k < last && in[k] == ')') {
      return k + 1;
    }
    noParenthesisBefore = k;
    return -1;
  }

  private int titleEnd(int title, int end) {
    int last = Math.min(end, title + MAX_TITLE_CHARS);
    for (int k = title + 1; k < last; k++) {
      if (in[k] == in[title]) {
        int j = k + 1;
        while (j < last && in[j] == ' ') {
          j++;
        }
        if (j < last && in[j] == ')') {
          return j + 1;
        }
      }
    }
    return -1;
  }

  /** The end of {@code [text][id]} when the id, or the text for an empty one, is defined. */
  private int reference(int from, int end, int opened) {
    int last = Math.min(end, from + MAX_WORD_CHARS);
    int k = from;
    while (k < last && in[k] != ']' && in[k] != '\n') {
      k++;
    }
    if (k == last || in[k] != ']') {
      return -1;
    }
    String id =
        k > from
            ? new String(in, from, k - from)
            : new String(out, opened + 1, Math.min(MAX_WORD_CHARS, o - opened - 1));
    return references.contains(id.strip().toLowerCase(Locale.ROOT)) ? k + 1 : -1;
  }

  /** {@code ://}: an address is copied whole, for its signs mean no emphasis. */
  private int address(int i, int start, int end) {
    boolean isAddress =
        i + 3 < end
            && in[i + 1] == '/'
            && in[i + 2] == '/'
            && in[i + 3] > ' '
            && i > start
            && isLetter(in[i - 1]);
    if (!isAddress) {
      out[o++] = ':';
      return i + 1;
    }
    int depth = 0;
    int k = i;
    for (; k < end; k++) {
      char c = in[k];
      if (c <= ' ' || c == '<' || c == '>' || c == '"' || c == '[' || c == ']' || c == '`') {
        break;
      }
      if (c == '(') {
        depth++;
      } else if (c == ')' && depth-- == 0) {
        break;
      } else if (c == '*' && (k + 1 == end || !(isLetter(in[k + 1]) || in[k + 1] == '/'))) {
        break;
      } else if (c == '~' && k + 1 < end && in[k + 1] == '~') {
        break;
      } else if (c == '\\') {
        if (k + 1 == end || !isMark(in[k + 1])) {
          break;
        }
        k++;
        c = in[k];
      }
      out[o++] = c;
    }
    return k;
  }

  // ---- Tags and spoilers -----------------------------------------------------------------------

  /**
   * HTML. Reddit shows it as it stands; but who wrote {@code <i>so</i>} meant emphasis, so pairs of
   * the tags that only format are taken off, and the tags that end a line do so. Others stay, for
   * they are what the text speaks of.
   */
  private int angle(int i, int end) {
    int last = Math.min(end, i + MAX_TAG_CHARS);
    int k = i + 1;
    while (k < last && in[k] != '>' && in[k] != '<') {
      k++;
    }
    if (k >= last || in[k] != '>' || k == i + 1) {
      out[o++] = '<';
      return i + 1;
    }
    if (isAddress(i + 1, k)) {
      verbatim(i + 1, k);
      return k + 1;
    }
    boolean closes = in[i + 1] == '/';
    int from = closes ? i + 2 : i + 1;
    int to = from;
    while (to < k && to < from + 11 && isLetter(in[to])) {
      to++;
    }
    boolean isTag = to > from && to < from + 11 && (to == k || in[to] <= ' ' || in[to] == '/');
    switch (isTag ? lower(from, to) : "") {
      case "br", "p", "blockquote" -> {
        nextLine(i, i, Margin.BLANK, '\n');
        return k + 1;
      }
      case "i",
          "b",
          "em",
          "strong",
          "u",
          "s",
          "strike",
          "del",
          "ins",
          "a",
          "tt",
          "sup",
          "sub",
          "font",
          "span",
          "small",
          "big",
          "cite",
          "center",
          "div" -> {
        String name = lower(from, to);
        if (!closes) {
          openTag(name);
        } else if (closeTag(name)) {
          return k + 1;
        }
        verbatim(i, k + 1);
        return k + 1;
      }
      default -> {
        out[o++] = '<';
        return i + 1;
      }
    }
  }

  private void openTag(String name) {
    if (openTags == tagAt.length && openTags < MAX_BRACKETS) {
      tagAt = Arrays.copyOf(tagAt, Math.max(8, 2 * openTags));
      tagName = Arrays.copyOf(tagName, Math.max(8, 2 * openTags));
    }
    if (openTags < tagAt.length) {
      tagAt[openTags] = o;
      tagName[openTags++] = name;
    }
  }

  private boolean closeTag(String name) {
    for (int k = openTags - 1; k >= 0 && k >= openTags - MAX_OPENERS_TRIED; k--) {
      if (tagName[k].equals(name)) {
        int from = tagAt[k];
        do {
          out[from] = GONE;
          from++;
        } while (out[from] != '>');
        out[from] = GONE;
        gone = true;
        openTags = k;
        return true;
      }
    }
    return false;
  }

  private String lower(int from, int to) {
    return new String(in, from, to - from).toLowerCase(Locale.ROOT);
  }

  private boolean isAddress(int from, int to) {
    String text = new String(in, from, Math.min(8, to - from));
    if (!(text.startsWith("http") || text.startsWith("mailto:") || text.startsWith("www."))) {
      return false;
    }
    for (int k = from; k < to; k++) {
      if (in[k] <= ' ') {
        return false;
      }
    }
    return true;
  }

  /**
   * {@code >!}: goes with the {@code !<} that comes after it, and alone where it begins a line, for
   * then the whole line is hidden, or all up to a later paragraph.
   */
  private int spoilerStart(int i, int start, int end) {
    if (i + 1 < end && in[i + 1] == '!') {
      spoilerAt = o;
      out[o++] = '>';
      out[o++] = '!';
      if (beginsLine(i, start)) {
        Arrays.fill(out, spoilerAt, o, GONE);
        gone = true;
        hides = true;
      }
      return i + 2;
    }
    out[o++] = '>';
    return i + 1;
  }

  private boolean beginsLine(int i, int start) {
    int k = i;
    while (k > start && (in[k - 1] == ' ' || in[k - 1] == '\t')) {
      k--;
    }
    return k == start || in[k - 1] == '\n';
  }

  private int spoilerEnd(int i, int end) {
    if (i + 1 < end && in[i + 1] == '<') {
      if (spoilerAt >= 0) {
        Arrays.fill(out, spoilerAt, spoilerAt + 2, GONE);
        gone = true;
        spoilerAt = -1;
        hides = false;
        return i + 2;
      }
      if (hides && isBlank(i + 2, end)) {
        hides = false;
        return end;
      }
    }
    out[o++] = '!';
    return i + 1;
  }

  private boolean isBlank(int from, int to) {
    int k = from;
    while (k < to && in[k] <= ' ') {
      k++;
    }
    return k == to;
  }

  /** {@code ^small} is the word alone; {@code x^2} and {@code ^_^} stay. */
  private int superscript(int i, int start, int end) {
    int j = i + 1;
    while (j < end && in[j] == '^') {
      j++;
    }
    boolean starts = i == start || in[i - 1] <= ' ' || "*_~(['\"".indexOf(in[i - 1]) >= 0;
    boolean word =
        j < end
            && (isLetter(in[j]) || in[j] == '(' || in[j] == '[' || in[j] == '*' || in[j] == '\'')
            && (j + 1 >= end || in[j + 1] != '^');
    if (!(starts && word)) {
      Arrays.fill(out, o, o + j - i, '^');
      o += j - i;
    }
    return j;
  }

  private void room(int chars) {
    int needed = o + chars + 16;
    if (needed > out.length) {
      out = Arrays.copyOf(out, Math.max(needed, o + (o >> 1)));
    }
  }
}
