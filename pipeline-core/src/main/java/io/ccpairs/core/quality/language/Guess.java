package io.ccpairs.core.quality.language;

import org.jspecify.annotations.Nullable;

/**
 * The likeliest language of a text.
 *
 * @param language ISO 639-1 code where there is one, else ISO 639-3; null for a text with too few
 *     letters to tell
 * @param confidence between 0 and 1: the model's probability for the language
 */
public record Guess(@Nullable String language, double confidence) {
  /** Too little text to tell. */
  static final Guess UNKNOWN = new Guess(null, 0);

  /** Whether two guesses name one language, or two easily confused, both at least this sure. */
  public boolean agrees(Guess other, double minConfidence) {
    return language != null
        && other.language != null
        && confidence >= minConfidence
        && other.confidence >= minConfidence
        && Languages.akin(language, other.language);
  }

  /** Whether two guesses name different languages, both at least this sure. */
  public boolean contradicts(Guess other, double minConfidence) {
    return language != null
        && other.language != null
        && confidence >= minConfidence
        && other.confidence >= minConfidence
        && !Languages.akin(language, other.language);
  }
}
