package io.ccpairs.core.quality;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.privacy.Mask;
import java.io.Serializable;
import java.util.List;

/**
 * Which pairs of one origin are clean.
 *
 * @param rules the rules in force, by name, in the order in which they judge; leave one out to
 *     switch it off
 * @param minQueryWords rule {@code length}
 * @param minPassageWords rule {@code length}
 * @param maxPassageWords rule {@code length}
 * @param maxEcho rule {@code echo}: of the query's words, the share that a short passage may hold
 * @param maxLinkShare rule {@code links}: of the passage's characters, the share in web addresses
 * @param maxCodeShare rule {@code code}: of the passage's characters, the share in lines of code
 * @param maxSignShare rule {@code symbols}: of the passage's characters, the share of those that
 *     are neither letter nor digit nor part of a web address
 * @param maxSymbolsPerWord rule {@code symbols}: number signs and ellipses for each word
 * @param maxDigitShare rule {@code digits}: of the passage's characters, the share of digits
 * @param minRepetitionWords rule {@code repetition}: shorter passages are not measured
 * @param maxRepeatedLineShare rule {@code repetition}: of the characters, those in repeated lines
 * @param repetitionScale rule {@code repetition}: factor on Gopher's limits for words in a row
 * @param minDistinctShare rule {@code repetition}: of a shorter passage's words, the share of
 *     distinct ones
 * @param boilerplate rule {@code boilerplate}: stock phrases, lower case
 * @param botSignatures rule {@code bots}: what programs sign with, lower case
 * @param wantedLanguages rule {@code language}: codes of the wanted languages; empty wants all
 * @param minLanguageWords rule {@code language-mismatch}: shorter sides are not compared
 * @param minLanguageConfidence how sure a guess of a language must be to count, between 0 and 1
 * @param mask what is hidden in both texts
 */
public record QualityConfig(
    List<String> rules,
    int minQueryWords,
    int minPassageWords,
    int maxPassageWords,
    double maxEcho,
    double maxLinkShare,
    double maxCodeShare,
    double maxSignShare,
    double maxSymbolsPerWord,
    double maxDigitShare,
    int minRepetitionWords,
    double maxRepeatedLineShare,
    double repetitionScale,
    double minDistinctShare,
    List<String> boilerplate,
    List<String> botSignatures,
    List<String> wantedLanguages,
    int minLanguageWords,
    double minLanguageConfidence,
    List<String> mask)
    implements Serializable {

  private static final List<String> STOCK_PHRASES =
      List.of(
          "lorem ipsum dolor",
          "this comment has been overwritten",
          "this post has been deleted",
          "in protest of reddit",
          "this user has deleted",
          "enable javascript",
          "page not found",
          "access denied",
          "this article is a stub",
          "your submission has been removed",
          "your post has been removed",
          "possible duplicate of");

  private static final List<String> SIGNATURES =
      List.of(
          "i am a bot",
          "i'm a bot",
          "this action was performed automatically",
          "beep boop",
          "^bot",
          "bot by /u/");

  public QualityConfig {
    Rules.checkNames(rules);
    Rules.masks(mask);
    for (double share :
        new double[] {
          maxEcho,
          maxLinkShare,
          maxCodeShare,
          maxSignShare,
          maxDigitShare,
          maxRepeatedLineShare,
          minDistinctShare,
          minLanguageConfidence
        }) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("a share is between 0 and 1, not " + share);
      }
    }
  }

  /** What holds for an origin when nobody says otherwise. */
  public static QualityConfig defaults(Origin origin) {
    boolean forum = origin != Origin.WIKIPEDIA;
    return new QualityConfig(
        // A wiki has one language; its titles and lists are full of names from others.
        forum ? Rules.NAMES : without("language-mismatch"),
        1, // a title may be one word
        forum ? 5 : 8, // below: "Thanks, that works."
        forum ? 1_500 : 3_000, // three to six times what an encoder reads
        0.8,
        0.5,
        origin == Origin.STACKEXCHANGE ? 0.9 : 0.7, // an answer may be code with a line of words
        origin == Origin.STACKEXCHANGE ? 0.5 : 0.4, // formulas and code have signs
        0.2, // twice Gopher's, which judges pages: in a passage of 20 words, four
        0.3,
        50, // Gopher judges pages of at least so many
        0.3, // Gopher's limit for lines
        1.5, // passages repeat their subject more than pages do
        0.4, // "of of from of from": prose of so few words has 0.6 and more
        STOCK_PHRASES,
        SIGNATURES,
        List.of(),
        6,
        0.6, // measured: right in 97 of 100 pieces of 50 characters
        forum ? List.of("email", "phone", "ip", "mention") : List.of());
  }

  private static List<String> without(String rule) {
    return Rules.NAMES.stream().filter(name -> !name.equals(rule)).toList();
  }

  /** The masks by their enum. */
  public List<Mask> masks() {
    return Rules.masks(mask);
  }
}
