package io.ccpairs.core.quality.rule;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.Rule;
import io.ccpairs.core.quality.TextFacts;

/**
 * Drops a passage of signs: templates left empty, drawings, rows of emoji; or with many number
 * signs and ellipses (Gopher, table A1).
 *
 * @param maxSignShare of its characters, the share that may be neither letter nor digit nor part of
 *     a web address
 * @param maxSymbolsPerWord number signs and ellipses for each word
 */
public record SymbolRule(double maxSignShare, double maxSymbolsPerWord) implements Rule {
  @Override
  public Verdict judge(PairFacts pair) {
    TextFacts passage = pair.passage();
    return passage.signShare() > maxSignShare || passage.symbolsPerWord() > maxSymbolsPerWord
        ? Verdict.SYMBOLS
        : Verdict.KEEP;
  }
}
