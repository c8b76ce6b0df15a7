package io.ccpairs.core.quality.language;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.Set;

/** Codes of languages. */
final class Languages {
  /** Written so alike that a few lines do not tell them apart. */
  private static final List<Set<String>> AKIN =
      List.of(
          Set.of("no", "nb", "nn", "da", "sv"),
          Set.of("sh", "bs", "hr", "sr", "sl", "mk", "bg"),
          Set.of("cs", "sk"),
          Set.of("id", "ms", "min", "jv", "su"),
          Set.of("nl", "af", "li", "nds", "fy"),
          Set.of("gl", "pt", "es", "ast", "an", "ca", "oc"),
          Set.of("ru", "uk", "be"),
          Set.of("de", "gsw", "lb", "bar", "nds"),
          Set.of("zh", "nan", "yue", "wuu"),
          Set.of("fa", "ps", "ur", "pnb", "ar"),
          Set.of("az", "tr", "uz", "tk"),
          Set.of("kk", "ky", "tt", "ba"),
          Set.of("hi", "mr", "ne", "sa"),
          Set.of("zu", "xh"),
          Set.of("war", "ceb", "tl"),
          Set.of("lv", "lt", "ltg"),
          Set.of("is", "fo"));

  private static final Map<String, String> TWO_LETTERS = twoLetters();

  private Languages() {}

  /** Whether two codes name one language, or two that short texts do not tell apart. */
  static boolean akin(String one, String other) {
    return one.equals(other)
        || AKIN.stream().anyMatch(group -> group.contains(one) && group.contains(other));
  }

  /** The code that dumps use for a code of three letters. */
  static String ofIso3(String code) {
    return TWO_LETTERS.getOrDefault(code, code);
  }

  private static Map<String, String> twoLetters() {
    Map<String, String> codes = new HashMap<>();
    for (String code : Locale.getISOLanguages()) {
      codes.put(iso3(code), code);
    }
    // Members and individual names of what dumps give one code.
    codes.putAll(
        Map.of(
            "cmn", "zh", "nob", "no", "pes", "fa", "ekk", "et", "lvs", "lv", "plt", "mg", "heb",
            "he", "zlm", "ms"));
    return codes;
  }

  /** The code of three letters; a few retired codes of two have none and stand for themselves. */
  private static String iso3(String code) {
    try {
      return Locale.forLanguageTag(code).getISO3Language();
    } catch (MissingResourceException e) {
      return code;
    }
  }
}
