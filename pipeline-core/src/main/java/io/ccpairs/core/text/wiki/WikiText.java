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
  private final Arguments arguments;
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
    this.arguments = new Arguments(shielded);
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

  /** Whether the next line is a row, so that this one begins a table though not at its start. */
  private boolean isRowBehind(int at) {
    int row = at;
    int last = Math.min(text.length - 1, at + MAX_LINE_CHARS);
    while (row < last && text[row] != '\n') {
      row++;
    }
    return row < last && (text[row + 1] == '|' || text[row + 1] == '!');
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
        if (next == '|') {
          int end = brackets.end(at);
          if (end >= 0) {
            return end;
          }
          if (isRowBehind(at)) {
            return table(at);
          }
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
    if (!invisible(c)) {
      out.add(c);
    }
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
    String name = Templates.key(new String(text, at + 2, nameEnd - at - 2));
    if (parts == 0 && Templates.disambiguates(name)) {
      disambiguation = true;
    }
    Templates.Shown shown = Templates.shown(name);
    if (shown == Templates.Shown.NOTHING) {
      out.add(Templates.fixed(name));
      return end;
    }
    if (nameEnd >= end - 2) {
      return end;
    }
    arguments.read(nameEnd + 1, end - 2, shown.maxChars());
    return show(shown, name, end);
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

  /**
   * Makes the walk go through the parts of a template that are shown, and writes what stands before
   * them; gives the place where the walk goes on.
   */
  private int show(Templates.Shown shown, String name, int end) {
    return switch (shown) {
      case NOTHING -> end;
      case FIRST -> part(0, end);
      case SECOND -> part(1, end);
      case LAST -> part(arguments.count() - 1, end);
      case THIRD -> part(2, end);
      case THIRD_OR_FIRST -> part(arguments.has(2) ? 2 : 0, end);
      case FORM -> part(arguments.has(1) && !arguments.isLanguage(1) ? 1 : 0, end);
      case WORD -> arguments.isLanguage(0) ? word(arguments.has(2) ? 2 : 1, end) : end;
      case BORROWED ->
          arguments.isLanguage(0) && arguments.isLanguage(1)
              ? word(arguments.has(3) ? 3 : 2, end)
              : end;
      case TRANSLATED -> arguments.isLanguage(0) ? part(arguments.has(3) ? 3 : 2, end) : end;
      case LABEL -> named(end, "label", "lt", "texte", "fr");
      case QUOTATION -> named(end, "text", "Text", "quote");
      case RAISED -> raised(end);
      case PREFIXED -> {
        out.add(Templates.prefix(name));
        yield part(0, end);
      }
      case AS_OF -> asOf(end);
      case CENTURY -> century(name, end);
      case DATE -> joined(0, isDay(0) ? Math.min(2, arguments.count() - 1) : 0, ' ', end);
      case FIRST_TWO -> joined(0, Math.min(1, arguments.count() - 1), ' ', end);
      case JOINED -> joined(0, arguments.count() - 1, '\u200B', end);
      case FRACTION -> fraction(end);
      case MEASURE -> measure(end);
      case VALUE -> value(end);
    };
  }

  /** Shows one part; there may be none of that number. */
  private int part(int part, int end) {
    if (part < 0 || part >= arguments.count()) {
      return end;
    }
    enter(arguments.start(part), arguments.end(part), end);
    return partStart;
  }

  /** Shows a part unless it is the dash that stands for no word. */
  private int word(int part, int end) {
    return arguments.is(part, "-") ? end : part(part, end);
  }

  /** Shows the part of one of the names, or else the first that has none. */
  private int named(int end, String... names) {
    for (String name : names) {
      int named = arguments.named(name);
      if (named >= 0) {
        enter(arguments.namedStart(named), arguments.namedEnd(named), end);
        return partStart;
      }
    }
    return part(0, end);
  }

  /** Shows parts one behind another, the bar between two of them turned into another mark. */
  private int joined(int first, int last, char mark, int end) {
    if (first < 0 || last < first) {
      return end;
    }
    for (int i = last; i >= first; i--) {
      int partEnd = arguments.end(i);
      if (i < last) {
        text[partEnd++] = mark;
      }
      enter(arguments.start(i), partEnd, i < last ? arguments.start(i + 1) : end);
    }
    return partStart;
  }

  private int raised(int end) {
    if (arguments.count() > 0 && isExponent(arguments.start(0))) {
      out.add('^');
    }
    return part(0, end);
  }

  private boolean isDay(int part) {
    return part < arguments.count()
        && arguments.end(part) - arguments.start(part) <= 4
        && arguments.isNumber(part);
  }

  /** The year, before it the month and the day where they are given. */
  private int asOf(int end) {
    int alternative = arguments.named("alt");
    if (alternative >= 0) {
      enter(arguments.namedStart(alternative), arguments.namedEnd(alternative), end);
      return partStart;
    }
    out.add(arguments.named("lc") >= 0 ? "as of " : "As of ");
    for (int i = Math.min(2, arguments.count() - 1); i > 0; i--) {
      if (arguments.isPlain(arguments.start(i), arguments.end(i))) {
        String written =
            new String(text, arguments.start(i), arguments.end(i) - arguments.start(i)).strip();
        out.add(i == 1 ? Templates.month(written) : written);
        out.add(' ');
      }
    }
    return part(0, end);
  }

  /** French centuries: {@code {{s|XIX}}}; the same name means other things elsewhere. */
  private int century(String name, int end) {
    if (!arguments.isRoman(0)) {
      return part(0, end);
    }
    int written = 0;
    for (int i = 0; i < arguments.count(); i++) {
      int start = arguments.start(i);
      int length = arguments.end(i) - start;
      if (arguments.isRoman(i)) {
        out.add(written == 0 ? "" : written == i - 1 && name.startsWith("sp") ? " – " : " ");
        out.add(text, start, length);
        out.add(length == 1 && text[start] == 'I' ? "er" : "e");
        written = i + 1;
      } else if (i > 0 && arguments.has(i) && !arguments.is(i, "e") && !arguments.is(i, "er")) {
        out.add(' ');
        out.add(text, start, length);
      }
    }
    out.add(" siècle");
    if (name.startsWith("-")) {
      out.add(" av. J.-C.");
    }
    return end;
  }

  private int fraction(int end) {
    int count = Math.min(3, arguments.count());
    if (Character.isDigit(out.last())) {
      out.add(' ');
    }
    if (count == 1) {
      out.add("1/");
    }
    if (count < 3) {
      return joined(0, count - 1, '/', end);
    }
    text[arguments.end(0)] = ' ';
    joined(1, 2, '/', end);
    enter(arguments.start(0), arguments.end(0) + 1, arguments.start(1));
    return partStart;
  }

  /**
   * A number and its unit, or several: {@code 10|to|20|km}, {@code 6|ft|2|in}. What it is converted
   * to is left out.
   */
  private int measure(int end) {
    int unit = 1;
    while (unit + 2 < arguments.count() && arguments.isNumber(unit + 1)) {
      connective(unit);
      unit += 2;
    }
    return joined(0, Math.min(unit, arguments.count() - 1), ' ', end);
  }

  /** Between two numbers {@code x} stands for a sign, and what is in parentheses is a setting. */
  private void connective(int part) {
    int start = arguments.start(part);
    int end = arguments.end(part);
    if (arguments.is(part, "x") || arguments.is(part, "*")) {
      text[start] = '×';
    } else if (arguments.is(part, "-")) {
      text[start] = '–';
    }
    int open = start;
    while (open < end && text[open] != '(') {
      open++;
    }
    Arrays.fill(text, open, end, ' ');
  }

  /** A measured value: number, power of ten, unit. */
  private int value(int end) {
    int power = arguments.named("e");
    int unit = arguments.named("ul") >= 0 ? arguments.named("ul") : arguments.named("u");
    if (arguments.count() == 0 || !arguments.isNumber(0)) {
      return part(0, end);
    }
    copy(arguments.start(0), arguments.end(0));
    if (arguments.isNumber(1)) {
      out.add('±');
      copy(arguments.start(1), arguments.end(1));
    }
    if (power >= 0 && arguments.isPlain(arguments.namedStart(power), arguments.namedEnd(power))) {
      out.add("×10^");
      copy(arguments.namedStart(power), arguments.namedEnd(power));
    }
    if (unit < 0) {
      return end;
    }
    out.add(' ');
    enter(arguments.namedStart(unit), arguments.namedEnd(unit), end);
    return partStart;
  }

  private void copy(int start, int end) {
    out.add(text, start, end - start);
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
    boolean prefixed = false;
    while (bar < last && text[bar] != '|' && text[bar] != '{' && text[bar] != '[') {
      prefixed |= text[bar] == ':';
      bar++;
    }
    boolean labelled = bar < inner && text[bar] == '|';
    if (prefixed && isSilent(at, bar, end)) {
      return end;
    }
    if (labelled && bar + 1 < inner) {
      enter(bar + 1, inner, end);
      return partStart;
    }
    if (labelled) {
      // Nothing behind the bar: the name without its qualifier is shown.
      out.add(withoutQualifier(new String(text, at + 2, bar - at - 2).strip()));
      return end;
    }
    boolean marked = at + 2 < inner && (text[at + 2] == ':' || text[at + 2] == '#');
    enter(at + 2 + (marked ? 1 : 0), inner, end);
    return partStart;
  }

  /** Whether a link with a colon in its target shows a file or files the page somewhere. */
  private boolean isSilent(int at, int bar, int end) {
    String target = new String(text, at + 2, bar - at - 2).strip();
    return Namespaces.isFile(target)
        || Namespaces.isCategory(target)
        || (text[bar] != '|' && Namespaces.isOfLanguage(target))
        || (Namespaces.isPrefixed(target) && isAlone(at, end));
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
    } else if (run == 3 && mayElide(at, end) && elided(at) == at) {
      out.add('\'');
    }
    return end;
  }

  /** Whether three apostrophes stand within a word, or between a word and a link. */
  private boolean mayElide(int at, int end) {
    return at > 0
        && Character.isLetter(text[at - 1])
        && end < text.length
        && (text[end] == '[' || text[end] == '{' || Character.isLetterOrDigit(text[end]));
  }

  /** The end of the line that was last asked for an elision, and what was found in it. */
  private int elisionLineEnd = -1;

  private int elision = -1;

  /**
   * Where in a line three apostrophes are one that ends a word and two for emphasis, as in {@code
   * l'''Iliade''}: when neither bold nor italics would be closed otherwise. Behind a word of one
   * letter it is likelier. MediaWiki decides so, too.
   */
  private int elided(int at) {
    if (at < elisionLineEnd) {
      return elision;
    }
    int i = at;
    while (i > 0 && text[i - 1] != '\n') {
      i--;
    }
    int bold = 0;
    int italics = 0;
    int behindLetter = -1;
    int behindWord = -1;
    while (i < text.length && text[i] != '\n') {
      int start = i;
      while (i < text.length && text[i] == '\'') {
        i++;
      }
      int run = i - start;
      italics += run == 2 || run >= 5 ? 1 : 0;
      bold += run >= 3 ? 1 : 0;
      if (run == 3 && mayElide(start, i)) {
        boolean letter = start < 2 || !Character.isLetter(text[start - 2]);
        behindLetter = letter && behindLetter < 0 ? start : behindLetter;
        behindWord = behindWord < 0 ? start : behindWord;
      }
      i += run == 0 ? 1 : 0;
    }
    boolean open = bold % 2 == 1 && italics % 2 == 1;
    elision = !open ? -1 : behindLetter >= 0 ? behindLetter : behindWord;
    elisionLineEnd = i;
    return elision;
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
   * Whether what is raised is an exponent: 10<sup>5</sup> is not 105, 2<sup>n</sup> not 2n, but
   * 4<sup>th</sup> is 4th.
   */
  private boolean isExponent(int at) {
    char before = out.last();
    boolean base = before == ')' || before == Shield.BASE + ')';
    if (!base && !Character.isLetterOrDigit(before)) {
      return false;
    }
    int i = behind(at, "'");
    i = i < text.length && "+-−–".indexOf(text[i]) >= 0 ? i + 1 : i;
    int digits = i;
    i = behind(i, "0123456789");
    boolean number = i > digits;
    int variable = behind(i, "'");
    boolean named =
        variable < text.length
            && "nkxyij".indexOf(text[variable]) >= 0
            && (base || Character.isDigit(before) || !Character.isLetterOrDigit(out.beforeLast()));
    i = behind(named ? variable + 1 : i, "'");
    if (named && i < text.length && "+-−–".indexOf(text[i]) >= 0) {
      i = behind(i + 1, "0123456789");
    }
    return (number || named) && i < text.length && (text[i] == '<' || text[i] == '}');
  }

  /** The first place from another on at which none of some characters stands. */
  private int behind(int at, String chars) {
    int i = at;
    while (i < text.length && chars.indexOf(text[i]) >= 0) {
      i++;
    }
    return i;
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
    while (i < text.length && i - at < 40 && (isCapital(text[i]) || isInnerUnderscore(i))) {
      i++;
    }
    boolean magic = i > at + 3 && i + 1 < text.length && text[i] == '_' && text[i + 1] == '_';
    if (!magic) {
      return literally(at);
    }
    disambiguation |= starts(at, "__DISAMBIG__");
    return i + 2;
  }

  /** A letter that is not in lower case, or a mark over or under one. */
  private static boolean isCapital(char c) {
    int type = Character.getType(c);
    return type == Character.UPPERCASE_LETTER
        || type == Character.OTHER_LETTER
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private boolean isInnerUnderscore(int at) {
    return text[at] == '_'
        && at + 1 < text.length
        && isCapital(text[at - 1])
        && isCapital(text[at + 1]);
  }

  /**
   * {@code -{zh-hans:甲;zh-hant:乙}-}: the first variant is shown; of a rule with flags what stands
   * behind the bar.
   */
  private int variant(int at) {
    int end = variantEnd(at + 2);
    if (end < 0) {
      return literally(at);
    }
    int start = at + 2;
    int flags = start;
    while (flags < end && isFlag(text[flags])) {
      flags++;
    }
    if (flags < end && text[flags] == '|') {
      boolean hidden = false;
      for (int i = start; i < flags; i++) {
        boolean alone = i + 1 == flags || text[i + 1] == ';';
        hidden |= alone && (text[i] == 'H' || text[i] == 'T' || text[i] == '-');
      }
      if (hidden) {
        return end + 2;
      }
      start = flags + 1;
    }
    int rule = behindVariant(start, end);
    if (rule < 0) {
      enter(start, end, end + 2);
      return partStart;
    }
    int last = rule;
    while (last < end
        && !(text[last] == ';' && (isBlank(last + 1, end) || behindVariant(last + 1, end) >= 0))) {
      last++;
    }
    enter(rule, last, end + 2);
    return partStart;
  }

  /** Where the braces stand that end a rule, behind templates and parameters in it; or -1. */
  private int variantEnd(int from) {
    int last = Math.min(text.length - 1, from + MAX_TARGET_CHARS);
    int templates = 0;
    int i = from;
    while (i < last) {
      char c = text[i];
      char next = text[i + 1];
      if (c == '-' && next == '{') {
        return -1;
      }
      if (c == '}' && next == '-' && templates == 0) {
        return i;
      }
      boolean pair = (c == '{' || c == '}') && next == c;
      templates += !pair ? 0 : c == '{' ? 1 : -1;
      i += pair ? 2 : 1;
      if (templates < 0) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isFlag(char c) {
    return isAsciiLetterOrDigit(c) || c == '-' || c == '+' || c == ';' || c == ' ';
  }

  /** The place behind a variant's code and its colon, as in {@code zh-hans:}; -1 without them. */
  private int behindVariant(int from, int end) {
    int i = from;
    while (i < end && text[i] <= ' ') {
      i++;
    }
    int code = i;
    int letters = 0;
    while (i < end && ((text[i] >= 'a' && text[i] <= 'z') || (text[i] == '-' && letters > 1))) {
      letters += text[i] == '-' || i - code != letters ? 0 : 1;
      i++;
    }
    boolean coded = letters >= 2 && letters <= 3 && i - code <= 12;
    while (coded && i < end && text[i] == ' ') {
      i++;
    }
    return coded && i < end && text[i] == ':' ? i + 1 : -1;
  }

  private boolean isBlank(int start, int end) {
    for (int i = start; i < end; i++) {
      if (text[i] > ' ') {
        return false;
      }
    }
    return true;
  }
}
