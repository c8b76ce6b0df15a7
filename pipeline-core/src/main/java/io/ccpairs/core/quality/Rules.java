package io.ccpairs.core.quality;

import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.privacy.Mask;
import io.ccpairs.core.quality.rule.BoilerplateRule;
import io.ccpairs.core.quality.rule.BotRule;
import io.ccpairs.core.quality.rule.CodeRule;
import io.ccpairs.core.quality.rule.DigitRule;
import io.ccpairs.core.quality.rule.EchoRule;
import io.ccpairs.core.quality.rule.LanguageMismatchRule;
import io.ccpairs.core.quality.rule.LanguageRule;
import io.ccpairs.core.quality.rule.LengthRule;
import io.ccpairs.core.quality.rule.LinkRule;
import io.ccpairs.core.quality.rule.RepetitionRule;
import io.ccpairs.core.quality.rule.SymbolRule;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The rules of one origin, in their order. */
public final class Rules implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The names of all rules, the cheap ones first. */
  public static final List<String> NAMES =
      List.of(
          "length",
          "bots",
          "boilerplate",
          "links",
          "code",
          "symbols",
          "digits",
          "echo",
          "repetition",
          "language-mismatch",
          "language");

  private final List<Rule> rules;

  private Rules(List<Rule> rules) {
    this.rules = rules;
  }

  /** The rules that a configuration names. */
  public static Rules of(QualityConfig config) {
    List<Rule> rules = new ArrayList<>();
    config.rules().forEach(name -> rules.add(rule(name, config)));
    return new Rules(List.copyOf(rules));
  }

  /** The verdict of the first rule that drops the pair, or KEEP. */
  public Verdict judge(PairFacts pair) {
    for (Rule rule : rules) {
      Verdict verdict = rule.judge(pair);
      if (!verdict.kept()) {
        return verdict;
      }
    }
    return Verdict.KEEP;
  }

  private static Rule rule(String name, QualityConfig config) {
    return switch (name) {
      case "length" ->
          new LengthRule(
              config.minQueryWords(), config.minPassageWords(), config.maxPassageWords());
      case "bots" -> new BotRule(config.botSignatures());
      case "boilerplate" -> new BoilerplateRule(config.boilerplate());
      case "links" -> new LinkRule(config.maxLinkShare());
      case "code" -> new CodeRule(config.maxCodeShare());
      case "symbols" -> new SymbolRule(config.minLetterShare(), config.maxSymbolsPerWord());
      case "digits" -> new DigitRule(config.maxDigitShare());
      case "echo" -> new EchoRule(config.maxEcho());
      case "repetition" ->
          new RepetitionRule(
              config.minRepetitionWords(), config.maxRepeatedLineShare(), config.repetitionScale());
      case "language-mismatch" ->
          new LanguageMismatchRule(config.minLanguageWords(), config.minLanguageConfidence());
      case "language" -> new LanguageRule(config.wantedLanguages(), config.minLanguageConfidence());
      default -> throw unknown("rule", name, NAMES);
    };
  }

  static void checkNames(List<String> names) {
    for (String name : names) {
      if (!NAMES.contains(name)) {
        throw unknown("rule", name, NAMES);
      }
    }
  }

  static List<Mask> masks(List<String> words) {
    List<Mask> masks = new ArrayList<>();
    for (String word : words) {
      try {
        masks.add(Mask.valueOf(word.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw unknown("mask", word, List.of("email", "phone", "ip", "mention"));
      }
    }
    return masks;
  }

  private static IllegalArgumentException unknown(String what, String name, List<String> known) {
    return new IllegalArgumentException(
        "there is no " + what + " " + name + "; there are " + String.join(", ", known));
  }
}
