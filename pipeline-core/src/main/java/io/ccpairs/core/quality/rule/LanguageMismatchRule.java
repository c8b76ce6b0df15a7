package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;
import io.ccpairs.core.quality.language.Guess;

/**
 * Drops a pair whose query and passage are in different languages. Both must be long enough to
 * tell; languages that are easily taken for one another do not contradict; and a text that has a
 * sentence in the other's language is written in both.
 *
 * @param minWords shorter sides are not compared, nor are shorter sentences
 * @param minConfidence how sure both guesses must be, between 0 and 1
 */
public record LanguageMismatchRule(int minWords, double minConfidence) implements Rule {
  /** Bounds the work on one text; what a text begins with tells its languages. */
  private static final int MAX_SENTENCES = 32;

  @Override
  public Verdict judge(PairFacts pair) {
    boolean longEnough = pair.query().words() >= minWords && pair.passage().words() >= minWords;
    if (!longEnough || !pair.queryLanguage().contradicts(pair.passageLanguage(), minConfidence)) {
      return Verdict.KEEP;
    }
    boolean shared =
        hasSentenceIn(pair.passageLanguage(), pair.pair().query(), pair)
            || hasSentenceIn(pair.queryLanguage(), pair.pair().passage(), pair);
    return shared ? Verdict.KEEP : Verdict.LANGUAGE_MISMATCH;
  }

  private boolean hasSentenceIn(Guess language, String text, PairFacts pair) {
    int start = 0;
    int sentences = 0;
    while (start < text.length() && sentences < MAX_SENTENCES) {
      int end = sentenceEnd(text, start);
      if (words(text, start, end) >= minWords) {
        sentences++;
        if (pair.language(text.substring(start, end)).agrees(language, minConfidence)) {
          return true;
        }
      }
      start = end + 1;
    }
    return false;
  }

  private static int sentenceEnd(String text, int start) {
    int end = start;
    while (end < text.length() && "\n.?!—–。？！".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  /** Runs of letters and digits; a character of a script without spaces is not told apart. */
  private static int words(String text, int start, int end) {
    int words = 0;
    boolean within = false;
    for (int i = start; i < end; i++) {
      boolean word = Character.isLetterOrDigit(text.charAt(i));
      words += word && !within ? 1 : 0;
      within = word;
    }
    return words;
  }
}
