package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;
import io.ccpairs.core.quality.TextFacts;

/**
 * Drops a passage with few letters: tables of signs, drawings, rows of emoji; or with many number
 * signs and ellipses (Gopher, table A1).
 *
 * @param minLetterShare of its characters, the share that must be letters
 * @param maxSymbolsPerWord number signs and ellipses for each word
 */
public record SymbolRule(double minLetterShare, double maxSymbolsPerWord) implements Rule {
  @Override
  public Verdict judge(PairFacts pair) {
    TextFacts passage = pair.passage();
    return passage.letterShare() < minLetterShare || passage.symbolsPerWord() > maxSymbolsPerWord
        ? Verdict.SYMBOLS
        : Verdict.KEEP;
  }
}
