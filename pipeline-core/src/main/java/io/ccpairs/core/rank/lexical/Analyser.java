package io.ccpairs.core.rank.lexical;

import io.ccpairs.core.text.Folding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How a text becomes the terms that BM25 counts. */
public enum Analyser {
  /**
   * Unicode words in lower case, compatibility forms composed; a character of a script that writes
   * no spaces is a word.
   */
  WORDS,
  /**
   * The same, without Lucene's 33 English stop words and what an apostrophe leaves behind, stemmed
   * by Porter's algorithm: close to Lucene's analyser for English, which BEIR's figures for BM25
   * rest on.
   */
  ENGLISH;

  private static final Set<String> STOP_WORDS =
      Set.of(
          "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is",
          "it", "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there",
          "these", "they", "this", "to", "was", "will", "with", "s", "t");

  /** The analyser for a language by its ISO 639-3 code: English has its own. */
  public static Analyser of(String language) {
    return language.equals("eng") ? ENGLISH : WORDS;
  }

  /** The terms of a text in their order, repeated ones included. */
  public List<String> terms(String text) {
    String folded = Folding.fold(text);
    List<String> terms = new ArrayList<>();
    int begin = 0;
    while (begin < folded.length()) {
      int end = folded.indexOf(' ', begin);
      end = end < 0 ? folded.length() : end;
      String word = folded.substring(begin, end);
      if (this == WORDS) {
        terms.add(word);
      } else if (!STOP_WORDS.contains(word)) {
        terms.add(PorterStemmer.stem(word));
      }
      begin = end + 1;
    }
    return terms;
  }

  /** The name in results. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
