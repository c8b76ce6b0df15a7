package io.ccpairs.core.quality.language;

import java.util.List;
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

  /** Languages with letters of their own; where two have as many in a text, the first. */
  private static final List<String> OWNERS = List.of("os", "cv", "sah", "yi", "ckb", "mrj");

  /** Languages that have a script to themselves. */
  private static final List<String> SCRIPTS = List.of("or", "am", "my", "km", "lo", "bo", "dv");

  /** Bit of a mark: the letter is an owner's only behind a Cyrillic one. */
  private static final int BEHIND_CYRILLIC = 8;

  /**
   * For each unit 0, or in bits 0 to 2 the number of the letter's owner, counted from 1, and in
   * bits 4 to 6 that of the script's.
   */
  private static final byte[] MARKS = marks();

  /** Everyday words of Yiddish that Hebrew has not; most of its web is written without points. */
  private static final Set<String> YIDDISH =
      Set.of("איז", "פון", "און", "האט", "געווען", "אויף", "נישט");

  private Markers() {}

  /** The language that a text's own letters tell; null for none. */
  static @Nullable String of(char[] text, int length) {
    int letters = 0;
    int hebrew = 0;
    int[] marked = new int[OWNERS.size()];
    int[] scripts = new int[SCRIPTS.size()];
    boolean any = false;
    for (int i = 0; i < length; i++) {
      char c = text[i];
      if (c < 128) {
        letters += c >= 'a' && c <= 'z' ? 1 : 0;
        continue;
      }
      letters += Character.isLetter(c) ? 1 : 0;
      hebrew += c >= 0x05D0 && c < 0x05EB ? 1 : 0;
      int mark = MARKS[c];
      boolean foreign = (mark & BEHIND_CYRILLIC) != 0 && (i == 0 || !isCyrillic(text[i - 1]));
      int owner = foreign ? -1 : (mark & 7) - 1;
      if (owner >= 0) {
        marked[owner]++;
        any = true;
      }
      if (mark > 15) {
        scripts[(mark >> 4) - 1]++;
      }
    }
    for (int i = 0; i < scripts.length; i++) {
      if (scripts[i] > 0 && scripts[i] >= MIN_SCRIPT_SHARE * letters) {
        return SCRIPTS.get(i);
      }
    }
    if (!any && hebrew >= MIN_SCRIPT_SHARE * letters && hasYiddishWord(text, length)) {
      return "yi";
    }
    int best = -1;
    for (int i = 0; i < marked.length; i++) {
      boolean enough = marked[i] > 0 && marked[i] >= MIN_SHARE * letters;
      if (enough && (best < 0 || marked[i] > marked[best])) {
        best = i;
      }
    }
    return best < 0 ? null : OWNERS.get(best);
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

  private static byte[] marks() {
    byte[] marks = new byte[1 << 16];
    own(marks, "os", "ӕ");
    own(marks, "cv", "ӗҫӳ");
    own(marks, "sah", "ҕҥ");
    own(marks, "yi", "װױײ\u05B7\u05B8\uFB2E\uFB2F\uFB1F");
    own(marks, "ckb", "ێۆڕڵ");
    own(marks, "mrj", "ӓӹ");
    // Latin look-alikes that these languages' wikis write for want of a key.
    behindCyrillic(marks, "os", "æ");
    behindCyrillic(marks, "cv", "ăĕӑ");
    for (int c = 0; c < marks.length; c++) {
      String language = script(c);
      if (language != null) {
        marks[c] |= (byte) ((1 + SCRIPTS.indexOf(language)) << 4);
      }
    }
    return marks;
  }

  private static void own(byte[] marks, String language, String its) {
    for (int i = 0; i < its.length(); i++) {
      marks[its.charAt(i)] = (byte) (1 + OWNERS.indexOf(language));
    }
  }

  private static void behindCyrillic(byte[] marks, String language, String its) {
    for (int i = 0; i < its.length(); i++) {
      marks[its.charAt(i)] = (byte) (BEHIND_CYRILLIC | (1 + OWNERS.indexOf(language)));
    }
  }

  private static @Nullable String script(int c) {
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
}
