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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The rules of one origin, in their order. A new rule is a class in {@code rule}, a constant in
 * {@link Verdict}, a key in {@link QualityConfig} and a line here.
 */
public final class Rules implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How each rule is made of a configuration, by name; the cheap ones first. */
  private static final Map<String, Function<QualityConfig, Rule>> MAKERS = new LinkedHashMap<>();

  static {
    MAKERS.put(
        "length", c -> new LengthRule(c.minQueryWords(), c.minPassageWords(), c.maxPassageWords()));
    MAKERS.put("bots", c -> new BotRule(c.botSignatures()));
    MAKERS.put("boilerplate", c -> new BoilerplateRule(c.boilerplate()));
    MAKERS.put("links", c -> new LinkRule(c.maxLinkShare()));
    MAKERS.put("code", c -> new CodeRule(c.maxCodeShare()));
    MAKERS.put("symbols", c -> new SymbolRule(c.maxSignShare(), c.maxSymbolsPerWord()));
    MAKERS.put("digits", c -> new DigitRule(c.maxDigitShare()));
    MAKERS.put("echo", c -> new EchoRule(c.maxEcho()));
    MAKERS.put(
        "repetition",
        c ->
            new RepetitionRule(
                c.minRepetitionWords(),
                c.maxRepeatedLineShare(),
                c.repetitionScale(),
                c.minDistinctShare()));
    MAKERS.put(
        "language-mismatch",
        c -> new LanguageMismatchRule(c.minLanguageWords(), c.minLanguageConfidence()));
    MAKERS.put("language", c -> new LanguageRule(c.wantedLanguages(), c.minLanguageConfidence()));
  }

  /** The names of all rules, in the order in which they judge. */
  public static final List<String> NAMES = List.copyOf(MAKERS.keySet());

  private final List<Rule> rules;

  private Rules(List<Rule> rules) {
    this.rules = rules;
  }

  /** The rules that a configuration names. */
  public static Rules of(QualityConfig config) {
    List<Rule> rules = new ArrayList<>();
    for (String name : config.rules()) {
      Function<QualityConfig, Rule> maker = MAKERS.get(name);
      if (maker == null) {
        throw unknown("rule", name, NAMES);
      }
      rules.add(maker.apply(config));
    }
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
