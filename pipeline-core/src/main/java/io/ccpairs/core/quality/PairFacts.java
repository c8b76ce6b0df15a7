package io.ccpairs.core.quality;

import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.quality.language.Guess;
import io.ccpairs.core.quality.language.LanguageId;
import org.jspecify.annotations.Nullable;

/**
 * A pair as rules see it. Facts are found when first asked for, and once. Not thread-safe; lives as
 * long as one pair is judged.
 */
public final class PairFacts {
  private final TextPair pair;
  private final LanguageId languages;
  private @Nullable TextFacts query;
  private @Nullable TextFacts passage;
  private @Nullable Guess queryLanguage;
  private @Nullable Guess passageLanguage;

  /** A pair about to be judged. */
  public PairFacts(TextPair pair, LanguageId languages) {
    this.pair = pair;
    this.languages = languages;
  }

  /** The pair. */
  public TextPair pair() {
    return pair;
  }

  /** Facts of the query. */
  public TextFacts query() {
    TextFacts facts = query;
    if (facts == null) {
      facts = TextFacts.of(pair.query());
      query = facts;
    }
    return facts;
  }

  /** Facts of the passage. */
  public TextFacts passage() {
    TextFacts facts = passage;
    if (facts == null) {
      facts = TextFacts.of(pair.passage());
      passage = facts;
    }
    return facts;
  }

  /** The query's language, by its text. */
  public Guess queryLanguage() {
    Guess guess = queryLanguage;
    if (guess == null) {
      guess = languages.of(pair.query());
      queryLanguage = guess;
    }
    return guess;
  }

  /** The passage's language, by its text. */
  public Guess passageLanguage() {
    Guess guess = passageLanguage;
    if (guess == null) {
      guess = languages.of(pair.passage());
      passageLanguage = guess;
    }
    return guess;
  }

  /** The language of a part of either text. */
  public Guess language(String part) {
    return languages.of(part);
  }

  /**
   * The pair's language: what its dump says, else what the passage's text says with at least this
   * confidence, else null.
   */
  public @Nullable String language(double minConfidence) {
    if (pair.lang() != null) {
      return pair.lang();
    }
    Guess guess = passageLanguage();
    return guess.confidence() >= minConfidence ? guess.language() : null;
  }
}
