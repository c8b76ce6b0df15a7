package io.ccpairs.core.text.wiki;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jsoup.parser.Parser;

/**
 * The text of a MediaWiki page, cut at its headings. Templates (but for a few that stand for
 * words), tables, files, categories, references and galleries leave nothing; links, emphasis and
 * HTML tags leave their words; formulas stay as TeX between dollar signs, code as it is; list items
 * become lines.
 */
public final class WikiText {
  private static final int MAX_TARGET_CHARS = 1_000;
  private static final int MAX_LINE_CHARS = 400;
  private static final int MAX_TAG_CHARS = 2_000;

  /** Characters of ASCII that {@link #step} writes as they are, but for the ends of lines. */
  private static final boolean[] WORDS = new boolean[128];

  static {
    for (char c = ' '; c < 0x7F; c++) {
      WORDS[c] = "{}[]'<&_-".indexOf(c) < 0;
    }
  }

  private final char[] text;
  private final Brackets brackets;
  private final List<Section> sections = new ArrayList<>();
  private final List<String> path = new ArrayList<>();
  private final List<Integer> levels = new ArrayList<>();
  private final Chars out;
  private boolean disambiguation;
  private boolean inLooseTable;

  /**
   * Labels and template parts that are being written: where each ends, and where to go on behind
   * it.
   */
  private int[] partEnds = new int[16];

  private int[] goOns = new int[16];
  private int parts;

  private WikiText(char[] shielded) {
    this.text = shielded;
    this.brackets = new Brackets(shielded);
    this.out = new Chars(Math.min(shielded.length, 1 << 14));
  }

  /**
   * A page's sections in their order, the lead first, and whether the page only lists the meanings
   * of a word.
   *
   * @param disambiguation by its templates and magic words
   */
  public record Page(List<Section> sections, boolean disambiguation) {}

  /** Reads a page. Takes time linear in its length and never fails. */
  public static Page read(String wikitext) {
    WikiText page = new WikiText(Shield.over(wikitext));
    page.walk();
    page.endSection();
    return new Page(List.copyOf(page.sections), page.disambiguation);
  }

  private static String plain(char[] text, int start, int end) {
    WikiText line = new WikiText(Arrays.copyOfRange(text, start, end));
    line.walkInline();
    return Tidy.lines(line.out).replace('\n', ' ');
  }

  private void walkInline() {
    int i = 0;
    while (i < text.length) {
      i = step(i);
    }
  }

  private void walk() {
    int i = 0;
    boolean lineStart = true;
    while (i < text.length) {
      if (lineStart && parts == 0) {
        int after = line(i);
        if (after != i) {
          i = after;
          lineStart = i > 0 && i <= text.length && text[i - 1] == '\n';
          continue;
        }
      }
      lineStart = text[i] == '\n';
      i = step(i);
    }
  }

  /**
   * Acts on what only means something at the beginning of a line; gives the place behind it, or the
   * same place.
   */
  private int line(int at) {
    char c = text[at];
    switch (c) {
      case '=' -> {
        return heading(at);
      }
      case '*', '#', ':', ';' -> {
        return listItem(at);
      }
      case '|' -> {
        // A row of a table that lost its beginning.
        return endOfLine(at);
      }
      case '!' -> {
        return inLooseTable ? endOfLine(at) : at;
      }
      case '-' -> {
        int end = at;
        while (end < text.length && text[end] == '-') {
          end++;
        }
        return end - at >= 4 ? end : at;
      }
      case '\n' -> {
        inLooseTable = false;
        return at;
      }
      case ' ', '\t' -> {
        int mark = at;
        while (mark < text.length && (text[mark] == ' ' || text[mark] == '\t')) {
          mark++;
        }
        return mark < text.length && (text[mark] == '|' || isTable(mark)) ? line(mark) : at;
      }
      case '{' -> {
        return isTable(at) ? table(at) : at;
      }
      default -> {
        return at;
      }
    }
  }

  private boolean isTable(int at) {
    return text[at] == '{' && at + 1 < text.length && text[at + 1] == '|';
  }

  private int table(int at) {
    int end = brackets.end(at);
    if (end >= 0) {
      return end;
    }
    inLooseTable = true;
    return endOfLine(at);
  }

  private int heading(int at) {
    int end = at;
    int last = at;
    while (end < text.length && text[end] != '\n') {
      if (text[end] != ' ' && text[end] != '\t') {
        last = end;
      }
      end++;
    }
    int open = at;
    while (open < end && text[open] == '=') {
      open++;
    }
    int close = last;
    while (close > open && text[close] == '=') {
      close--;
    }
    int level = Math.min(Math.min(open - at, last - close), 6);
    if (level < 1 || end - at > MAX_LINE_CHARS || close < open) {
      return at;
    }
    endSection();
    inLooseTable = false;
    while (!levels.isEmpty() && levels.get(levels.size() - 1) >= level) {
      levels.remove(levels.size() - 1);
      path.remove(path.size() - 1);
    }
    String title = plain(text, at + level, last - level + 1);
    levels.add(level);
    path.add(title);
    return Math.min(end + 1, text.length);
  }

  private void endSection() {
    sections.add(new Section(List.copyOf(path), Tidy.lines(out)));
    out.clear();
  }

  private int listItem(int at) {
    int i = at;
    boolean bullet = false;
    while (i < text.length && "*#:;".indexOf(text[i]) >= 0) {
      bullet |= text[i] == '*' || text[i] == '#';
      i++;
    }
    while (i < text.length && text[i] == ' ') {
      i++;
    }
    if (bullet) {
      out.add("- ");
    }
    return i < text.length && isTable(i) ? table(i) : i;
  }

  private int endOfLine(int at) {
    int i = at;
    while (i < text.length && text[i] != '\n') {
      i++;
    }
    return i;
  }

  /** Reads what stands at a place of a line; gives the place behind it. */
  private int step(int at) {
    if (parts > 0 && at >= partEnds[parts - 1]) {
      parts--;
      return Math.max(at, goOns[parts]);
    }
    char c = text[at];
    char next = at + 1 < text.length ? text[at + 1] : 0;
    switch (c) {
      case '{' -> {
        if (next == '{') {
          return template(at);
        }
        if (next == '|' && brackets.end(at) >= 0) {
          return brackets.end(at);
        }
        out.add(c);
        return at + 1;
      }
      case '}' -> {
        return next == '}' ? at + 2 : literally(at);
      }
      case '[' -> {
        return next == '[' ? link(at) : externalLink(at);
      }
      case ']' -> {
        return next == ']' ? at + 2 : literally(at);
      }
      case '\'' -> {
        return next == '\'' ? quotes(at) : literally(at);
      }
      case '<' -> {
        return tag(at);
      }
      case '&' -> {
        return entity(at);
      }
      case '_' -> {
        return next == '_' ? magicWord(at) : literally(at);
      }
      case '-' -> {
        return next == '{' ? variant(at) : literally(at);
      }
      default -> {
        return words(at);
      }
    }
  }

  /** Writes what means nothing but itself, up to the next mark, line or end of a part. */
  private int words(int at) {
    final char[] text = this.text;
    int last = parts > 0 ? Math.min(partEnds[parts - 1], text.length) : text.length;
    int end = at;
    while (end < last && isWord(text[end])) {
      end++;
    }
    if (end == at) {
      return literally(at);
    }
    out.add(text, at, end - at);
    return end;
  }

  private static boolean isWord(char c) {
    return c < 128 ? WORDS[c] : (c > '\u00AD' && c < '\u2000') || (c > '\u2060' && c < Shield.BASE);
  }

  private int literally(int at) {
    char c = text[at];
    if (c >= Shield.BASE && c < Shield.BASE + 128) {
      c -= Shield.BASE;
    } else if (invisible(c)) {
      return at + 1;
    }
    out.add(c);
    return at + 1;
  }

  private static boolean invisible(char c) {
    return c == '\u00AD'
        || c == '\u200B'
        || c == '\uFEFF'
        || c == '\u2060'
        || c == '\u200E'
        || c == '\u200F'
        || (c >= 0x7F && c < 0xA0);
  }

  private int template(int at) {
    int end = brackets.end(at);
    if (end < 0) {
      return parameter(at);
    }
    int nameEnd = at + 2;
    int last = Math.min(end - 2, at + 2 + 80);
    while (nameEnd < last
        && text[nameEnd] != '|'
        && text[nameEnd] != ':'
        && text[nameEnd] != '{'
        && text[nameEnd] != '\n') {
      nameEnd++;
    }
    if (nameEnd == last && last < end - 2) {
      return end;
    }
    String name = new String(text, at + 2, nameEnd - at - 2);
    if (parts == 0 && Templates.disambiguates(name)) {
      disambiguation = true;
    }
    Templates.Shown shown = Templates.shown(name);
    if (shown == Templates.Shown.NOTHING) {
      out.add(Templates.fixed(name));
      return end;
    }
    show(shown, nameEnd, end);
    return parts > 0 && goOns[parts - 1] == end ? partStart : end;
  }

  /**
   * {@code {{{parameter|default}}}} leaves nothing; of an opening without an end only the braces
   * go.
   */
  private int parameter(int at) {
    boolean triple = at + 2 < text.length && text[at + 2] == '{';
    int end = triple ? brackets.end(at + 1) : -1;
    if (end < 0) {
      return at + 2;
    }
    return end < text.length && text[end] == '}' ? end + 1 : end;
  }

  private int partStart;

  /** Finds the part of a template that is shown, and makes the walk go through it. */
  private void show(Templates.Shown shown, int nameEnd, int end) {
    int inner = end - 2;
    int depth = 0;
    int start = nameEnd + 1;
    int number = 1;
    boolean word = shown == Templates.Shown.WORD;
    int wanted = word || shown == Templates.Shown.SECOND ? 2 : 1;
    int limit = Math.min(inner, nameEnd + 1 + MAX_TARGET_CHARS);
    int shownStart = -1;
    int shownEnd = -1;
    for (int i = nameEnd + 1; i <= limit; i++) {
      boolean ends = i == inner || (depth == 0 && text[i] == '|');
      if (ends) {
        boolean named = isNamed(start, i);
        if (word && !named && number == 1 && !isLanguageCode(start, i)) {
          return;
        }
        if (!named && (number == wanted || shown == Templates.Shown.LAST)) {
          shownStart = start;
          shownEnd = i;
        } else if (word && !named && number == 3 && !isBlank(start, i)) {
          shownStart = start;
          shownEnd = i;
        } else if (!named
            && number == 2
            && shown == Templates.Shown.NUMBER_AND_UNIT
            && shownStart >= 0) {
          out.add(text, shownStart, shownEnd - shownStart);
          out.add(' ');
          out.add(text, start, i - start);
          return;
        }
        number += named ? 0 : 1;
        start = i + 1;
      } else if (text[i] == '{' || text[i] == '[') {
        depth++;
      } else if (text[i] == '}' || text[i] == ']') {
        depth--;
      }
    }
    if (shownStart < 0 || nameEnd >= inner) {
      return;
    }
    if (shownEnd - shownStart > 2 && text[shownStart] == '1' && text[shownStart + 1] == '=') {
      shownStart += 2;
    }
    enter(shownStart, shownEnd, end);
  }

  /** Letters in lower case, perhaps with hyphens, as in {@code en} or {@code ine-pro}. */
  private boolean isLanguageCode(int start, int end) {
    for (int i = start; i < end; i++) {
      if ((text[i] < 'a' || text[i] > 'z') && (text[i] != '-' || i == start)) {
        return false;
      }
    }
    return end - start >= 2 && end - start <= 12;
  }

  private boolean isBlank(int start, int end) {
    for (int i = start; i < end; i++) {
      if (text[i] > ' ') {
        return false;
      }
    }
    return true;
  }

  private boolean isNamed(int start, int end) {
    for (int i = start; i < end && i - start < 30; i++) {
      if (text[i] == '=') {
        return !(i == start + 1 && text[start] == '1');
      }
      if (!Character.isLetterOrDigit(text[i])
          && text[i] != ' '
          && text[i] != '_'
          && text[i] != '\n') {
        return false;
      }
    }
    return false;
  }

  private void enter(int start, int end, int goOn) {
    if (parts == partEnds.length) {
      partEnds = Arrays.copyOf(partEnds, 2 * parts);
      goOns = Arrays.copyOf(goOns, 2 * parts);
    }
    partEnds[parts] = end;
    goOns[parts++] = goOn;
    partStart = start;
  }

  private int link(int at) {
    int end = brackets.end(at);
    if (end < 0) {
      return at + 2;
    }
    int inner = end - 2;
    int bar = at + 2;
    int last = Math.min(inner, at + 2 + MAX_TARGET_CHARS);
    while (bar < last && text[bar] != '|' && text[bar] != '{' && text[bar] != '[') {
      bar++;
    }
    boolean labelled = bar < inner && text[bar] == '|';
    String target = new String(text, at + 2, bar - at - 2).strip();
    if (Namespaces.isFile(target)) {
      return end;
    }
    if (!labelled
        && (Namespaces.isSilent(target) || (Namespaces.isPrefixed(target) && isAlone(at, end)))) {
      return end;
    }
    if (labelled && bar + 1 < inner) {
      enter(bar + 1, inner, end);
      return partStart;
    }
    if (labelled) {
      // Nothing behind the bar: the name without its qualifier is shown.
      out.add(withoutQualifier(target));
      return end;
    }
    boolean marked = at + 2 < inner && (text[at + 2] == ':' || text[at + 2] == '#');
    enter(at + 2 + (marked ? 1 : 0), inner, end);
    return partStart;
  }

  /** Whether a link has its line to itself, or shares it with other links only. */
  private boolean isAlone(int at, int end) {
    int before = at - 1;
    while (before >= 0 && text[before] == ' ') {
      before--;
    }
    int after = end;
    while (after < text.length && text[after] == ' ') {
      after++;
    }
    return (before < 0 || text[before] == '\n' || text[before] == ']')
        && (after == text.length || text[after] == '\n' || text[after] == '[');
  }

  /** {@code [[Foo (bar)|]]} shows Foo. */
  private static String withoutQualifier(String target) {
    int colon = target.indexOf(':');
    String name = colon >= 0 ? target.substring(colon + 1) : target;
    int parenthesis = name.indexOf(" (");
    return parenthesis > 0 ? name.substring(0, parenthesis) : name;
  }

  private int externalLink(int at) {
    if (!isUrl(at + 1)) {
      return literally(at);
    }
    int i = at + 1;
    int last = Math.min(text.length, at + MAX_TAG_CHARS);
    while (i < last && text[i] != ' ' && text[i] != ']' && text[i] != '\n') {
      i++;
    }
    if (i == last || text[i] == '\n') {
      return literally(at);
    }
    if (text[i] == ']') {
      return i + 1;
    }
    int close = i;
    int depth = 0;
    while (close < last && text[close] != '\n' && !(text[close] == ']' && depth == 0)) {
      depth += text[close] == '[' ? 1 : text[close] == ']' ? -1 : 0;
      close++;
    }
    if (close == last || text[close] == '\n') {
      return i;
    }
    enter(i + 1, close, close + 1);
    return partStart;
  }

  private boolean isUrl(int at) {
    return starts(at, "http:")
        || starts(at, "https:")
        || starts(at, "//")
        || starts(at, "ftp:")
        || starts(at, "mailto:");
  }

  private boolean starts(int at, String word) {
    if (at + word.length() > text.length) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text[at + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Two, three or five apostrophes are emphasis; of four one is meant. */
  private int quotes(int at) {
    int end = at;
    while (end < text.length && text[end] == '\'') {
      end++;
    }
    int run = end - at;
    if (run == 4 || run > 5) {
      out.add("'".repeat(Math.min(3, run == 4 ? 1 : run - 5)));
    }
    return end;
  }

  private int tag(int at) {
    int i = at + 1;
    if (i < text.length && text[i] == '/') {
      i++;
    }
    int name = i;
    while (i < text.length && i - name < 20 && isAsciiLetterOrDigit(text[i])) {
      i++;
    }
    boolean named =
        i > name
            && i < text.length
            && (text[i] == '>' || text[i] == '/' || text[i] == ' ' || text[i] == '\n');
    if (!named) {
      return literally(at);
    }
    int end = i;
    int last = Math.min(text.length, at + MAX_TAG_CHARS);
    while (end < last && text[end] != '>' && text[end] != '<') {
      end++;
    }
    if (end == last || text[end] == '<') {
      return literally(at);
    }
    String word = new String(text, name, i - name);
    if (word.equalsIgnoreCase("br")
        || word.equalsIgnoreCase("p")
        || word.equalsIgnoreCase("div")
        || word.equalsIgnoreCase("li")
        || word.equalsIgnoreCase("tr")
        || word.equalsIgnoreCase("hr")
        || word.equalsIgnoreCase("blockquote")) {
      out.add('\n');
    } else if (word.equalsIgnoreCase("td") || word.equalsIgnoreCase("th")) {
      out.add(' ');
    } else if (word.equalsIgnoreCase("sup") && name == at + 1 && isExponent(end + 1)) {
      out.add('^');
    }
    return end + 1;
  }

  /**
   * Whether a raised number follows on a letter, a digit or a bracket: 10<sup>5</sup> is not 105.
   */
  private boolean isExponent(int at) {
    char before = out.last();
    int i = at < text.length && "+-−–".indexOf(text[at]) >= 0 ? at + 1 : at;
    int digits = i;
    while (i < text.length && text[i] >= '0' && text[i] <= '9') {
      i++;
    }
    return (Character.isLetterOrDigit(before) || before == ')')
        && i > digits
        && i < text.length
        && text[i] == '<';
  }

  private static boolean isAsciiLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private int entity(int at) {
    int end = at + 1;
    int last = Math.min(text.length, at + 34);
    while (end < last && (isAsciiLetterOrDigit(text[end]) || text[end] == '#')) {
      end++;
    }
    if (end == at + 1 || end == text.length || text[end] != ';') {
      return literally(at);
    }
    String written = new String(text, at, end + 1 - at);
    switch (written) {
      case "&ndash;" -> out.add('–');
      case "&mdash;" -> out.add('—');
      case "&lt;" -> out.add('<');
      case "&gt;" -> out.add('>');
      case "&quot;" -> out.add('"');
      case "&nbsp;", "&thinsp;", "&ensp;", "&emsp;", "&#160;" -> out.add(' ');
      case "&amp;" -> {
        // Escaped twice, as in &amp;nbsp;: the entity behind it is meant.
        int again = end + 1;
        boolean doubled =
            again < text.length && isAsciiLetterOrDigit(text[again]) && endsEntity(again);
        if (doubled) {
          text[end] = '&';
          return end;
        }
        out.add('&');
      }
      default -> {
        String decoded = Parser.unescapeEntities(written, false);
        for (int i = 0; i < decoded.length(); i++) {
          char c = decoded.charAt(i);
          if (!invisible(c) && (c >= ' ' || c == '\n')) {
            out.add(c);
          }
        }
      }
    }
    return end + 1;
  }

  private boolean endsEntity(int at) {
    int i = at;
    while (i < text.length && i - at < 10 && isAsciiLetterOrDigit(text[i])) {
      i++;
    }
    return i < text.length && text[i] == ';' && i - at >= 2;
  }

  /**
   * {@code __NOTOC__} and the like, in any language; they are written in capitals where there are
   * any.
   */
  private int magicWord(int at) {
    int i = at + 2;
    while (i < text.length
        && i - at < 32
        && Character.isLetter(text[i])
        && !Character.isLowerCase(text[i])) {
      i++;
    }
    boolean magic = i > at + 3 && i + 1 < text.length && text[i] == '_' && text[i + 1] == '_';
    if (!magic) {
      return literally(at);
    }
    disambiguation |= starts(at, "__DISAMBIG__");
    return i + 2;
  }

  /**
   * {@code -{zh-hans:甲;zh-hant:乙}-}: the first variant is shown; of a rule with flags what stands
   * behind the bar.
   */
  private int variant(int at) {
    int end = at + 2;
    int last = Math.min(text.length - 1, at + MAX_LINE_CHARS);
    while (end < last && !(text[end] == '}' && text[end + 1] == '-')) {
      if (text[end] == '{' || text[end] == '\n') {
        return literally(at);
      }
      end++;
    }
    if (end >= last) {
      return literally(at);
    }
    String rule = new String(text, at + 2, end - at - 2);
    String shown = rule.substring(rule.lastIndexOf('|') + 1);
    int colon = shown.indexOf(':');
    int semicolon = shown.indexOf(';');
    if (colon >= 0) {
      shown = shown.substring(colon + 1, semicolon > colon ? semicolon : shown.length());
    }
    boolean hidden = rule.startsWith("H|") || rule.startsWith("T|");
    out.add(hidden ? "" : shown);
    return end + 2;
  }
}
