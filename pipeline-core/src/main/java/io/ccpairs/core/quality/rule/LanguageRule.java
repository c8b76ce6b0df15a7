package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;
import java.util.List;

/**
 * Drops a pair that is not in a wanted language: by what its dump says, else by its passage's text.
 * A pair of which neither can be told is kept.
 *
 * @param wanted language codes; empty wants all
 * @param minConfidence how sure a guess must be, between 0 and 1
 */
public record LanguageRule(List<String> wanted, double minConfidence) implements Rule {
  public LanguageRule {
    wanted = List.copyOf(wanted);
  }

  @Override
  public Verdict judge(PairFacts pair) {
    if (wanted.isEmpty()) {
      return Verdict.KEEP;
    }
    String language = pair.language(minConfidence);
    return language == null || wanted.contains(language) ? Verdict.KEEP : Verdict.UNWANTED_LANGUAGE;
  }
}
