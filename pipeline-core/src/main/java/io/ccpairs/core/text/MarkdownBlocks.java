package io.ccpairs.core.text;

import io.ccpairs.core.text.MarkdownInline.Margin;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a Markdown text: paragraphs, headings, lists, quotations, code, tables, rules. Each
 * line is looked at twice at most.
 */
final class MarkdownBlocks {
  private static final int TAB = 4;
  private static final int MAX_REFERENCES = 1_000;
  private static final int MAX_REFERENCE_CHARS = 64;

  private final char[] in;
  private final int length;
  private final MarkdownText.Quotes quotes;
  private final MarkdownInline inline;

  /** The open paragraph; none while {@link #paragraph} is negative. */
  private int paragraph = -1;

  private int paragraphEnd;
  private Margin margin = Margin.BLANK;

  /** The marker of the list item that the open paragraph starts; none while negative. */
  private int marker = -1;

  private int markerEnd;

  private boolean quoted;
  private boolean inList;

  /** The open fence's length; 0 for none. */
  private int fence;

  private char fenceSign;
  private boolean fenceQuoted;
  private int fenceIndent;

  /** Blank lines since the last line of a code block; negative outside one. */
  private int codeBlanks = -1;

  // The line in hand.
  private int line;
  private int lineEnd;
  private boolean hasPipe;

  /** The first character that is no blank, and the column it stands in. */
  private int first;

  private int indent;

  MarkdownBlocks(String markdown, MarkdownText.Quotes quotes) {
    RawChars text = RawChars.of(markdown);
    this.in = text.chars();
    this.length = text.length();
    this.quotes = quotes;
    boolean defines = markdown.contains("]:");
    this.inline = new MarkdownInline(in, length, defines ? references() : Set.of());
  }

  String text() {
    int next = 0;
    while (next < length) {
      line = next;
      measure();
      next = lineEnd + 1;
      if (fence > 0 && !fenceQuoted) {
        fencedLine();
        continue;
      }
      boolean quotedLine = quoteSigns();
      if (quotedLine != quoted) {
        flush();
        quoted = quotedLine;
        inList = false;
        fence = 0;
        codeBlanks = -1;
      }
      if (quoted && quotes == MarkdownText.Quotes.DROP) {
        continue;
      }
      if (fence > 0) {
        fencedLine();
      } else {
        next = block(next);
      }
    }
    flush();
    return inline.text();
  }

  /** Finds the end of the line and whether it may be a row of a table. */
  private void measure() {
    int k = line;
    boolean pipe = false;
    while (k < length && in[k] != '\n') {
      pipe |= in[k] == '|';
      k++;
    }
    lineEnd = k;
    hasPipe = pipe;
    indentFrom(line);
  }

  private void indentFrom(int from) {
    int k = from;
    int column = 0;
    while (k < lineEnd && (in[k] == ' ' || in[k] == '\t')) {
      column += in[k] == '\t' ? TAB - column % TAB : 1;
      k++;
    }
    first = k;
    indent = column;
  }

  /** Steps over the signs of a quotation; whether there were any. */
  private boolean quoteSigns() {
    boolean found = false;
    while (indent < TAB && first < lineEnd && in[first] == '>' && isQuoteSign(in, first, lineEnd)) {
      found = true;
      int after = first + 1;
      line = after < lineEnd && in[after] == ' ' ? after + 1 : after;
      indentFrom(line);
    }
    return found;
  }

  /**
   * Whether a {@code >} at the start of a line quotes. It does not in a spoiler ({@code >!}), a
   * comparison ({@code >=}) or a face ({@code >_<}, {@code >:(}).
   */
  static boolean isQuoteSign(char[] in, int at, int end) {
    char next = at + 1 < end ? in[at + 1] : '\n';
    if (next == '!' || next == '=') {
      return false;
    }
    if ("_.:;-<^".indexOf(next) < 0) {
      return true;
    }
    int to = at + 1;
    while (to < end && to < at + 5 && in[to] > ' ') {
      to++;
    }
    int token = to - at;
    boolean face = token == 3 || token == 4;
    return !face || (next == '.' && in[at + 2] == '.');
  }

  private int block(int next) {
    if (first == lineEnd) {
      flush();
      codeBlanks += codeBlanks >= 0 ? 1 : 0;
      return next;
    }
    if (paragraph < 0 && indent >= (inList ? 2 * TAB : TAB)) {
      codeLine();
      return next;
    }
    codeBlanks = -1;
    char c = in[first];
    if ((c == '`' || c == '~') && opensFence(c)) {
      flush();
    } else if ((c == 'h' || c == '*' || c == '[') && isMedia(c)) {
      flush();
    } else if (c == '#' && heading()) {
      inList = false;
    } else if ((c == '*' || c == '-' || c == '_' || c == '=') && isRule(c)) {
      flush();
    } else if (hasPipe && lineEnd < length && isTableRule(lineEnd + 1)) {
      flush();
      return table();
    } else if (c == '[' && paragraph < 0 && referenceId() != null) {
      flush();
    } else if (!item(c)) {
      text(first);
    }
    return next;
  }

  /** Adds the rest of the line to the open paragraph, or opens one with it. */
  private void text(int from) {
    if (paragraph < 0) {
      inList &= indent >= 2;
      paragraph = from;
      margin = quoted ? Margin.QUOTED : Margin.BLANK;
    }
    paragraphEnd = lineEnd;
  }

  /** Writes the open paragraph, if there is one. */
  private void flush() {
    if (paragraph < 0) {
      return;
    }
    int before = inline.written();
    inline.startLine();
    if (marker >= 0) {
      if (in[marker] == '*') {
        inline.put('-');
      } else {
        inline.verbatim(marker, markerEnd);
      }
      inline.put(' ');
    }
    if (!inline.paragraph(paragraph, paragraphEnd, margin)) {
      inline.takeBack(before);
    }
    paragraph = -1;
    marker = -1;
  }

  // ---- Lists -----------------------------------------------------------------------------------

  private boolean item(char c) {
    int after =
        c >= '0' && c <= '9' ? afterNumber() : c == '*' || c == '-' || c == '+' ? first + 1 : -1;
    if (after < 0 || (after < lineEnd && in[after] != ' ' && in[after] != '\t')) {
      return false;
    }
    int from = after;
    while (from < lineEnd && (in[from] == ' ' || in[from] == '\t')) {
      from++;
    }
    if (from == lineEnd) {
      if (inList) {
        flush(); // an item without a word
      }
      return inList;
    }
    flush();
    inList = true;
    marker = first;
    markerEnd = after;
    paragraph = from;
    paragraphEnd = lineEnd;
    margin = quoted ? Margin.QUOTED : Margin.BLANK;
    return true;
  }

  /** After {@code 12.} or {@code 12)}; -1 where the digits start no item. */
  private int afterNumber() {
    int k = first;
    while (k < lineEnd && k < first + 10 && in[k] >= '0' && in[k] <= '9') {
      k++;
    }
    if (k == first + 10 || k == lineEnd || (in[k] != '.' && in[k] != ')')) {
      return -1;
    }
    // "It was in\n1986. A good year" goes on; only a list's next item or its number 1 breaks in.
    boolean one = k == first + 1 && in[first] == '1';
    return paragraph < 0 || inList || one ? k + 1 : -1;
  }

  // ---- Headings and rules ----------------------------------------------------------------------

  private boolean heading() {
    int k = first;
    while (k < lineEnd && in[k] == '#') {
      k++;
    }
    int level = k - first;
    boolean spaced = k == lineEnd || in[k] == ' ' || in[k] == '\t';
    // "#1 fan" and "#hashtag" are no headings; "##Title" is one on Reddit.
    if (level > 6 || (!spaced && level == 1)) {
      return false;
    }
    flush();
    int to = lineEnd;
    while (to > k && in[to - 1] <= ' ') {
      to--;
    }
    while (to > k && in[to - 1] == '#') {
      to--;
    }
    paragraph = k;
    paragraphEnd = to;
    flush();
    return true;
  }

  /** A line of three or more of one sign: a rule, or the underlining of a heading. */
  private boolean isRule(char sign) {
    int signs = 0;
    for (int k = first; k < lineEnd; k++) {
      if (in[k] == sign) {
        signs++;
      } else if (in[k] != ' ' && in[k] != '\t') {
        return false;
      }
    }
    return signs >= 3;
  }

  // ---- Pictures and polls ----------------------------------------------------------------------

  /**
   * Whether the line is only what Reddit writes where its page shows a picture, a film or a poll:
   * an address of its own servers, what stood there while the picture was not ready, or the link to
   * the poll.
   */
  private boolean isMedia(char c) {
    return switch (c) {
      case '*' ->
          isAt(first, "*Processing ")
              && (isAt(first + 12, "img ")
                  || isAt(first + 12, "gif ")
                  || isAt(first + 12, "video "))
              && endsLine("...*");
      case '[' ->
          endsLine(")")
              && (isAt(first, "[View Poll](https://www.reddit.com/poll/")
                  || (isAt(first, "[https://") && isMediaAddress(first + 9)));
      default -> isAt(first, "https://") && isMediaAddress(first + 8);
    };
  }

  /**
   * Whether the line is an address, its scheme passed, of a picture or film on Reddit's servers.
   */
  private boolean isMediaAddress(int host) {
    boolean film = isAt(host, "reddit.com/link/") || isAt(host, "www.reddit.com/link/");
    if (!(film || isAt(host, "preview.redd.it/") || isAt(host, "i.redd.it/"))) {
      return false;
    }
    int end = host;
    while (end < lineEnd && in[end] > ' ') {
      end++;
    }
    for (int k = end; k < lineEnd; k++) {
      if (in[k] > ' ') {
        return false;
      }
    }
    return !film || endsLine("/player");
  }

  private boolean isAt(int at, String text) {
    int end = at + text.length();
    if (end > lineEnd) {
      return false;
    }
    for (int k = at; k < end; k++) {
      if (in[k] != text.charAt(k - at)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the line ends with a text, blanks aside. */
  private boolean endsLine(String text) {
    int to = lineEnd;
    while (to > first && in[to - 1] <= ' ') {
      to--;
    }
    return to - text.length() >= first && isAt(to - text.length(), text);
  }

  // ---- Code ------------------------------------------------------------------------------------

  private void codeLine() {
    startCodeLine();
    int k = line;
    int column = 0;
    while (k < first && column < TAB) {
      column += in[k] == '\t' ? TAB - column % TAB : 1;
      k++;
    }
    verbatimLine(k, lineEnd);
  }

  /** Goes to a new line, and gives back the blank lines inside a block. */
  private void startCodeLine() {
    inline.startLine();
    for (; codeBlanks > 0; codeBlanks--) {
      inline.put('\n');
    }
    codeBlanks = 0;
  }

  private void verbatimLine(int from, int to) {
    int end = to;
    while (end > from && in[end - 1] <= ' ') {
      end--;
    }
    inline.verbatim(from, end);
  }

  private boolean opensFence(char sign) {
    int k = first;
    while (k < lineEnd && in[k] == sign) {
      k++;
    }
    int run = k - first;
    if (run < 3) {
      return false;
    }
    for (int rest = k; rest < lineEnd; rest++) {
      if (in[rest] == sign) {
        return false;
      }
    }
    fence = run;
    fenceSign = sign;
    fenceQuoted = quoted;
    fenceIndent = indent;
    codeBlanks = 0;
    return true;
  }

  /** A line of a fenced block, or the one that closes it: a fence, or text that ends with one. */
  private void fencedLine() {
    int to = lineEnd;
    while (to > first && in[to - 1] <= ' ') {
      to--;
    }
    int signs = to;
    while (signs > first && in[signs - 1] == fenceSign) {
      signs--;
    }
    boolean closes = to - signs >= fence;
    if (closes) {
      to = signs;
    }
    if (first == to) {
      codeBlanks++;
    } else {
      startCodeLine();
      int from = line;
      while (from < first && from < line + fenceIndent) {
        from++;
      }
      verbatimLine(from, to);
    }
    if (closes) {
      fence = 0;
      codeBlanks = -1;
    }
  }

  // ---- Tables ----------------------------------------------------------------------------------

  /** Whether a line is such as {@code |:--|--:|}. */
  private boolean isTableRule(int from) {
    boolean dash = false;
    boolean pipe = false;
    for (int k = from; k < length && in[k] != '\n'; k++) {
      switch (in[k]) {
        case '-' -> dash = true;
        case '|' -> pipe = true;
        case ':', ' ', '\t' -> {}
        case '>' -> {
          if (!quoted) {
            return false;
          }
        }
        default -> {
          return false;
        }
      }
    }
    return dash && pipe;
  }

  /** Writes the rows from the line in hand on; where the line after the table starts. */
  private int table() {
    row(first, lineEnd);
    int next = lineEnd + 1;
    while (next < length && in[next] != '\n') {
      next++;
    }
    next++;
    while (next < length) {
      line = next;
      measure();
      boolean quotedRow = quoteSigns();
      if (!hasPipe || quotedRow != quoted) {
        break;
      }
      row(first, lineEnd);
      next = lineEnd + 1;
    }
    return next;
  }

  private void row(int from, int to) {
    inline.startLine();
    int written = inline.written();
    int cell = from;
    for (int k = from; k <= to; k++) {
      if (k == to || (in[k] == '|' && (k == from || in[k - 1] != '\\'))) {
        int before = inline.written();
        if (before > written) {
          inline.put(',');
          inline.put(' ');
        }
        if (!inline.paragraph(cell, k, Margin.BLANK)) {
          inline.takeBack(before);
        }
        cell = k + 1;
      }
    }
  }

  // ---- References ------------------------------------------------------------------------------

  /** The ids of all lines such as {@code [1]: http://example.org}, in lower case. */
  private Set<String> references() {
    Set<String> ids = Set.of();
    for (int k = 0; k + 1 < length; k++) {
      if (in[k] == ']' && in[k + 1] == ':') {
        line = k;
        while (line > 0 && line > k - MAX_REFERENCE_CHARS && in[line - 1] != '\n') {
          line--;
        }
        lineEnd = k;
        while (lineEnd < length && in[lineEnd] != '\n') {
          lineEnd++;
        }
        indentFrom(line);
        String id = first <= k && (line == 0 || in[line - 1] == '\n') ? referenceId() : null;
        if (id != null && ids.size() < MAX_REFERENCES) {
          ids = ids.isEmpty() ? new HashSet<>() : ids;
          ids.add(id);
        }
        k = lineEnd;
      }
    }
    return ids;
  }

  /** The id that the line in hand defines; null when it defines none. */
  private @Nullable String referenceId() {
    int k = first + 1;
    while (k < lineEnd && k < first + MAX_REFERENCE_CHARS && in[k] != ']') {
      k++;
    }
    if (in[first] != '['
        || k + 1 >= lineEnd
        || in[k] != ']'
        || in[k + 1] != ':'
        || k == first + 1) {
      return null;
    }
    int address = k + 2;
    while (address < lineEnd && in[address] <= ' ') {
      address++;
    }
    int end = address;
    boolean path = false;
    while (end < lineEnd && in[end] > ' ') {
      path |= in[end] == '/' || in[end] == '#';
      end++;
    }
    while (end < lineEnd && in[end] <= ' ') {
      end++;
    }
    boolean title = end < lineEnd && (in[end] == '"' || in[end] == '\'' || in[end] == '(');
    return path && (end == lineEnd || title)
        ? new String(in, first + 1, k - first - 1).strip().toLowerCase(Locale.ROOT)
        : null;
  }
}
