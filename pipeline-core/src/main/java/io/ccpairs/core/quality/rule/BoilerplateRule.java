package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;
import java.util.List;
import java.util.Locale;

/**
 * Drops a passage that is a stock phrase: placeholder text, a site's notice, an error page. A short
 * passage is one when it holds a phrase at all; a longer one only when it begins with it.
 *
 * @param phrases lower case, words separated by one space
 */
public record BoilerplateRule(List<String> phrases) implements Rule {
  private static final int SHORT_CHARS = 200;

  public BoilerplateRule {
    phrases = List.copyOf(phrases);
  }

  @Override
  public Verdict judge(PairFacts pair) {
    String passage = pair.pair().passage();
    String start = passage.substring(0, Math.min(passage.length(), SHORT_CHARS));
    String folded = start.toLowerCase(Locale.ROOT).replace('\n', ' ');
    for (String phrase : phrases) {
      boolean found =
          passage.length() <= SHORT_CHARS ? folded.contains(phrase) : folded.startsWith(phrase);
      if (found) {
        return Verdict.BOILERPLATE;
      }
    }
    return Verdict.KEEP;
  }
}
