package io.ccpairs.core.quality.language;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Letters, and for Yiddish words, that one language of the web writes and hardly any other: they
 * tell languages that the model was not trained on.
 */
final class Markers {
  /** Of a text's letters, the share of a language's own that tells it. */
  private static final double MIN_SHARE = 0.01;

  /** Where a whole script is one language's, half of the letters must be of it. */
  private static final double MIN_SCRIPT_SHARE = 0.5;

  private static final Map<Character, String> LETTERS = letters();

  /** Latin look-alikes that these languages' wikis write for want of a key. */
  private static final Map<Character, String> AMONG_CYRILLIC =
      Map.of('æ', "os", 'ă', "cv", 'ĕ', "cv", 'ӑ', "cv", 'ҕ', "sah");

  /** Everyday words of Yiddish that Hebrew has not; most of its web is written without points. */
  private static final Set<String> YIDDISH =
      Set.of("איז", "פון", "און", "האט", "געווען", "אויף", "נישט");

  private Markers() {}

  /** The language that a text's own letters tell; null for none. */
  static @Nullable String of(char[] text, int length) {
    int letters = 0;
    int hebrew = 0;
    Map<String, Integer> marked = new HashMap<>(0);
    Map<String, Integer> scripts = new HashMap<>(0);
    for (int i = 0; i < length; i++) {
      char c = text[i];
      if (c < 128) {
        letters += c >= 'a' && c <= 'z' ? 1 : 0;
        continue;
      }
      letters += Character.isLetter(c) ? 1 : 0;
      hebrew += c >= 0x05D0 && c < 0x05EB ? 1 : 0;
      String own = LETTERS.get(c);
      if (own == null && i > 0 && isCyrillic(text[i - 1])) {
        own = AMONG_CYRILLIC.get(c);
      }
      if (own != null) {
        marked.merge(own, 1, Integer::sum);
      }
      String script = script(c);
      if (script != null) {
        scripts.merge(script, 1, Integer::sum);
      }
    }
    for (Map.Entry<String, Integer> entry : scripts.entrySet()) {
      if (entry.getValue() >= MIN_SCRIPT_SHARE * letters) {
        return entry.getKey();
      }
    }
    if (marked.isEmpty() && hebrew >= MIN_SCRIPT_SHARE * letters && hasYiddishWord(text, length)) {
      return "yi";
    }
    String best = null;
    for (Map.Entry<String, Integer> entry : marked.entrySet()) {
      boolean enough = entry.getValue() >= MIN_SHARE * letters;
      if (enough && (best == null || entry.getValue() > marked.getOrDefault(best, 0))) {
        best = entry.getKey();
      }
    }
    return best;
  }

  private static boolean hasYiddishWord(char[] text, int length) {
    for (String word : new String(text, 0, length).split(" ")) {
      if (YIDDISH.contains(word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCyrillic(char c) {
    return c >= 0x0400 && c < 0x0530;
  }

  private static @Nullable String script(char c) {
    if (c < 0x0B00) {
      return null;
    }
    return switch (Character.UnicodeScript.of(c)) {
      case ORIYA -> "or";
      case ETHIOPIC -> "am";
      case MYANMAR -> "my";
      case KHMER -> "km";
      case LAO -> "lo";
      case TIBETAN -> "bo";
      case THAANA -> "dv";
      default -> null;
    };
  }

  private static Map<Character, String> letters() {
    Map<Character, String> letters = new HashMap<>();
    own(letters, "os", "ӕ");
    own(letters, "cv", "ӗҫӳ");
    own(letters, "sah", "ҕҥ");
    own(letters, "yi", "װױײ\u05B7\u05B8\uFB2E\uFB2F\uFB1F");
    own(letters, "ckb", "ێۆڕڵ");
    own(letters, "mrj", "ӓӹ");
    return letters;
  }

  private static void own(Map<Character, String> letters, String language, String its) {
    for (int i = 0; i < its.length(); i++) {
      letters.put(its.charAt(i), language);
    }
  }
}
