package io.ccpairs.core.quality;

import io.ccpairs.core.pair.PairId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the rules ask of one text, found in one pass over it.
 *
 * <p>A word is a run of letters, digits and marks. Scripts written without spaces have no such
 * runs: each Han, kana, Thai, Lao, Khmer or Burmese character counts as a word. Characters are
 * UTF-16 units; shares leave out white space. Formulas in TeX are told by their dollar signs or
 * environments.
 */
public final class TextFacts {
  private static final int MAX_FORMULA_CHARS = 2_000;
  private static final int MAX_VARIABLE_CHARS = 3;

  private final String text;
  private int visible;
  private int letters;
  private int digits;
  private int linkChars;
  private int lines;
  private int codeChars;
  private int hashesAndEllipses;
  private int words;
  private int loneCharacters;
  private long[] wordHashes = new long[32];
  private int[] wordLengths = new int[32];
  private boolean[] inFormula = new boolean[32];
  private int formulaEnd;
  private long[] lineHashes = new long[8];
  private int[] lineLengths = new int[8];
  private long lineHash;
  private @Nullable WordRuns runs;

  private TextFacts(String text) {
    this.text = text;
  }

  /** The facts of a text. */
  public static TextFacts of(String text) {
    TextFacts facts = new TextFacts(text);
    int start = 0;
    int length = text.length();
    while (start < length) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? length : end;
      facts.line(start, end);
      start = end + 1;
    }
    return facts;
  }

  /** The text. */
  public String text() {
    return text;
  }

  /**
   * Of the visible characters, the share that are neither letter, mark, digit nor part of a web
   * address, between 0 and 1.
   */
  public double signShare() {
    return share(visible - letters - digits - linkChars);
  }

  /** Of the visible characters, the share that are digits, between 0 and 1. */
  public double digitShare() {
    return share(digits);
  }

  /** Of the visible characters, the share that belong to web addresses, between 0 and 1. */
  public double linkShare() {
    return share(linkChars);
  }

  /** Of the visible characters, the share that stand in lines of code, between 0 and 1. */
  public double codeShare() {
    return share(codeChars);
  }

  /** How many words there are. */
  public int words() {
    return words;
  }

  /** Of the words outside formulas, the share of distinct ones; 1 where there is none. */
  public double distinctWordShare() {
    LongTable seen = new LongTable(words);
    int distinct = 0;
    int plain = 0;
    for (int i = 0; i < words; i++) {
      if (!inFormula[i]) {
        plain++;
        distinct += seen.increment(wordHashes[i]) == 1 ? 1 : 0;
      }
    }
    return plain == 0 ? 1 : (double) distinct / plain;
  }

  /** Whether most words are single characters of a script without spaces. */
  public boolean unspaced() {
    return 2 * loneCharacters > words;
  }

  /** Number signs and ellipses for each word. */
  public double symbolsPerWord() {
    return words == 0 ? hashesAndEllipses : (double) hashesAndEllipses / words;
  }

  /** Lines that are not blank. */
  public int lines() {
    return lines;
  }

  /** The distinct words' hashes, sorted; words that differ in case only have one. */
  public long[] distinctWords() {
    long[] sorted = Arrays.copyOf(wordHashes, words);
    Arrays.sort(sorted);
    int distinct = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[distinct++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, distinct);
  }

  /**
   * Of the characters in lines, the share in lines that stood above already (Gopher, table A1),
   * between 0 and 1.
   */
  public double repeatedLineShare() {
    LongTable seen = new LongTable(lines);
    long repeated = 0;
    long all = 0;
    for (int i = 0; i < lines; i++) {
      all += lineLengths[i];
      if (seen.increment(lineHashes[i]) > 1) {
        repeated += lineLengths[i];
      }
    }
    return all == 0 ? 0 : (double) repeated / all;
  }

  /**
   * Of the characters in words, the share that the most frequent n words in a row cover; n-grams
   * that occur once cover none (Gopher, table A1). Words of formulas are in no n-gram. Ask for
   * growing n: longer ones are sought among shorter ones.
   *
   * @param n words in a row, at least 1
   */
  public double topNgramShare(int n) {
    return words < n ? 0 : runs().topShare(n);
  }

  /**
   * Of the characters in words, the share that lie in n words in a row which stood in the text
   * before (Gopher, table A1). No character counts twice, and none of a formula. Ask for growing n.
   *
   * @param n words in a row, at least 1
   */
  public double repeatedNgramShare(int n) {
    return words < n ? 0 : runs().repeatedShare(n);
  }

  private WordRuns runs() {
    WordRuns known = runs;
    if (known == null) {
      known = new WordRuns(words, wordHashes, wordLengths, inFormula);
      runs = known;
    }
    return known;
  }

  private double share(int chars) {
    return visible == 0 ? 0 : (double) chars / visible;
  }

  // ---- The pass ---------------------------------------------------------------------------------

  private void line(int start, int end) {
    int visibleBefore = visible;
    int code = 0;
    int calls = 0;
    boolean formula = false;
    int first = -1;
    int last = -1;
    lineHash = 0;
    int i = start;
    while (i < end) {
      char c = text.charAt(i);
      int kind = Chars.kind(c);
      if (kind == Chars.SPACE) {
        i++;
        continue;
      }
      if (first < 0) {
        first = i;
      }
      last = i;
      if (c == 'h' && isLink(i)) {
        int linkEnd = i;
        while (linkEnd < end && text.charAt(linkEnd) > ' ') {
          lineHash = lineHash * 31 + text.charAt(linkEnd);
          linkEnd++;
        }
        visible += linkEnd - i;
        linkChars += linkEnd - i;
        last = linkEnd - 1;
        i = linkEnd;
        continue;
      }
      if (kind >= Chars.DIGIT) {
        i = word(i, end);
        last = i - 1;
        continue;
      }
      lineHash = lineHash * 31 + c;
      visible++;
      if ((c == '$' || c == '\\') && i >= formulaEnd) {
        formulaEnd = endOfFormula(i);
      }
      if (c == '#' || c == '…') {
        hashesAndEllipses++;
      } else if (c == '.' && i + 2 < end && text.startsWith("...", i)) {
        hashesAndEllipses++;
      }
      if ("{}[]=<>;".indexOf(c) >= 0) {
        code++;
      } else if (c == '\\' || c == '$') {
        formula = true;
      } else if (c == '(' && i > start && Chars.kind(text.charAt(i - 1)) >= Chars.DIGIT) {
        calls++;
      }
      i++;
    }
    if (first < 0) {
      return;
    }
    int lineChars = visible - visibleBefore;
    int signs = formula ? 0 : code + calls;
    if (isCode(first - start, last, signs, lineChars)) {
      codeChars += lineChars;
    }
    if (lines == lineHashes.length) {
      lineHashes = Arrays.copyOf(lineHashes, 2 * lines);
      lineLengths = Arrays.copyOf(lineLengths, 2 * lines);
    }
    lineHashes[lines] = PairId.mix(lineHash);
    lineLengths[lines++] = lineChars;
  }

  /**
   * Indented by four, ended as statements are, or full of the signs of programs. Formulas in TeX
   * have the same signs, and count as text.
   */
  private boolean isCode(int indent, int last, int signs, int lineChars) {
    char end = text.charAt(last);
    boolean statement = end == ';' || end == '{' || end == '}';
    return indent >= 4 || (statement && signs > 1) || signs * 8 > lineChars;
  }

  /**
   * Where the formula ends that begins here; here, where none does: at prices, and at signs without
   * their partner near.
   */
  private int endOfFormula(int at) {
    int limit = Math.min(text.length(), at + MAX_FORMULA_CHARS);
    if (text.charAt(at) == '\\') {
      int end = text.startsWith("\\begin{", at) ? text.substring(at, limit).indexOf("\\end{") : -1;
      return end < 0 ? at : at + end + "\\end{".length();
    }
    int opened = text.startsWith("$$", at) ? at + 2 : at + 1;
    boolean tex = false;
    for (int i = opened; i < limit; i++) {
      char c = text.charAt(i);
      if (c == '$') {
        return tex || i - opened <= MAX_VARIABLE_CHARS ? i + opened - at : at;
      }
      tex |= c == '\\' || c == '^' || c == '_' || c == '=';
    }
    return at;
  }

  private boolean isLink(int at) {
    return text.startsWith("http://", at) || text.startsWith("https://", at);
  }

  /** Takes in the word that begins here and returns its end. */
  private int word(int start, int end) {
    int i = start;
    long hash = 0;
    long line = lineHash;
    int digitsBefore = digits;
    int kind = Chars.kind(text.charAt(start));
    do {
      char c = text.charAt(i);
      hash = hash * 0x100000001B3L + Chars.lower(c);
      line = line * 31 + c;
      digits += kind == Chars.DIGIT ? 1 : 0;
      i++;
      if (kind == Chars.ALONE) {
        loneCharacters++;
        break;
      }
      kind = i < end ? Chars.kind(text.charAt(i)) : Chars.OTHER;
    } while (kind == Chars.DIGIT || kind == Chars.LETTER);
    lineHash = line;
    visible += i - start;
    letters += i - start - (digits - digitsBefore);
    if (words == wordHashes.length) {
      wordHashes = Arrays.copyOf(wordHashes, 2 * words);
      wordLengths = Arrays.copyOf(wordLengths, 2 * words);
      inFormula = Arrays.copyOf(inFormula, 2 * words);
    }
    inFormula[words] = start < formulaEnd;
    wordHashes[words] = PairId.mix(hash);
    wordLengths[words++] = i - start;
    return i;
  }
}
