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
    String folded = pair.pair().passage().toLowerCase(Locale.ROOT);
    for (String signature : signatures) {
      if (folded.contains(signature)) {
        return Verdict.BOT;
      }
    }
    return Verdict.KEEP;
  }
}
