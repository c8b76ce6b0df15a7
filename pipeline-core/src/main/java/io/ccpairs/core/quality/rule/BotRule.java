package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;
import java.util.List;
import java.util.Locale;

/**
 * Drops a passage that a program signed, whoever posted it.
 *
 * @param signatures lower case; a passage that holds one is a bot's
 */
public record BotRule(List<String> signatures) implements Rule {
  public BotRule {
    signatures = List.copyOf(signatures);
  }

  @Override
  public Verdict judge(PairFacts pair) {
    String passage = pair.pair().passage();
    // A signature has "bot" in it; most passages are passed without a copy.
    if (indexOfBot(passage) < 0) {
      return Verdict.KEEP;
    }
    String folded = passage.toLowerCase(Locale.ROOT);
    return signatures.stream().anyMatch(folded::contains) ? Verdict.BOT : Verdict.KEEP;
  }

  private static int indexOfBot(String text) {
    for (int i = 0; i + 3 <= text.length(); i++) {
      if (text.regionMatches(true, i, "bot", 0, 3)) {
        return i;
      }
    }
    return -1;
  }
}
