package io.ccpairs.core.rank.lexical;

/**
 * English words without their endings, by the algorithm of Porter ("An algorithm for suffix
 * stripping", 1980), in the form its author published later: {@code bli} and {@code logi} are
 * endings of step 2. The letters C, V and m below are the paper's.
 */
final class PorterStemmer {
  private static final String[][] STEP_2 = {
    {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
    {"bli", "ble"}, {"alli", "al"}, {"entli", "ent"}, {"eli", "e"}, {"ousli", "ous"},
    {"ization", "ize"}, {"ation", "ate"}, {"ator", "ate"}, {"alism", "al"}, {"iveness", "ive"},
    {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"}, {"iviti", "ive"}, {"biliti", "ble"},
    {"logi", "log"}
  };
  private static final String[][] STEP_3 = {
    {"icate", "ic"},
    {"ative", ""},
    {"alize", "al"},
    {"iciti", "ic"},
    {"ical", "ic"},
    {"ful", ""},
    {"ness", ""}
  };
  private static final String[] STEP_4 = {
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ion", "ism", "ate", "iti",
    "ous", "ive", "ize", "al", "er", "ic", "ou"
  };

  private final StringBuilder word;

  private PorterStemmer(String word) {
    this.word = new StringBuilder(word);
  }

  /**
   * The stem of a word in lower case. Words of other letters than a to z, and of one or two, stay
   * as they are.
   */
  static String stem(String word) {
    if (word.length() < 3) {
      return word;
    }
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) < 'a' || word.charAt(i) > 'z') {
        return word;
      }
    }
    PorterStemmer stemmer = new PorterStemmer(word);
    stemmer.plurals();
    stemmer.pastAndProgressive();
    stemmer.finalY();
    stemmer.replaceFirst(STEP_2);
    stemmer.replaceFirst(STEP_3);
    stemmer.removeSuffix();
    stemmer.finalE();
    return stemmer.word.toString();
  }

  /** Step 1a. */
  private void plurals() {
    if (ends("sses") || ends("ies")) {
      cut(2);
    } else if (ends("s") && !ends("ss")) {
      cut(1);
    }
  }

  /** Step 1b. */
  private void pastAndProgressive() {
    if (ends("eed")) {
      if (measure(word.length() - 3) > 0) {
        cut(1);
      }
      return;
    }
    int suffix = ends("ed") ? 2 : ends("ing") ? 3 : 0;
    if (suffix == 0 || !hasVowel(word.length() - suffix)) {
      return;
    }
    cut(suffix);
    if (ends("at") || ends("bl") || ends("iz")) {
      word.append('e');
    } else if (doubleConsonant() && !ends("l") && !ends("s") && !ends("z")) {
      cut(1);
    } else if (measure(word.length()) == 1 && consonantVowelConsonant(word.length())) {
      word.append('e');
    }
  }

  /** Step 1c. */
  private void finalY() {
    if (ends("y") && hasVowel(word.length() - 1)) {
      word.setCharAt(word.length() - 1, 'i');
    }
  }

  /** Steps 2 and 3: of the endings that fit, the longest decides. */
  private void replaceFirst(String[][] endings) {
    String[] longest = null;
    for (String[] ending : endings) {
      if (ends(ending[0]) && (longest == null || ending[0].length() > longest[0].length())) {
        longest = ending;
      }
    }
    if (longest != null && measure(word.length() - longest[0].length()) > 0) {
      cut(longest[0].length());
      word.append(longest[1]);
    }
  }

  /** Step 4. */
  private void removeSuffix() {
    for (String ending : STEP_4) {
      if (ends(ending)) {
        int stem = word.length() - ending.length();
        boolean fits =
            !ending.equals("ion")
                || (stem > 0 && (word.charAt(stem - 1) == 's' || word.charAt(stem - 1) == 't'));
        if (fits && measure(stem) > 1) {
          cut(ending.length());
        }
        return;
      }
    }
  }

  /** Step 5. */
  private void finalE() {
    if (ends("e")) {
      int stem = word.length() - 1;
      int measure = measure(stem);
      if (measure > 1 || (measure == 1 && !consonantVowelConsonant(stem))) {
        cut(1);
      }
    }
    if (ends("ll") && measure(word.length()) > 1) {
      cut(1);
    }
  }

  private boolean ends(String suffix) {
    int at = word.length() - suffix.length();
    return at >= 0 && word.indexOf(suffix, at) == at;
  }

  private void cut(int letters) {
    word.setLength(word.length() - letters);
  }

  private boolean consonant(int at) {
    return switch (word.charAt(at)) {
      case 'a', 'e', 'i', 'o', 'u' -> false;
      case 'y' -> at == 0 || !consonant(at - 1);
      default -> true;
    };
  }

  /** m: how often a vowel is followed by a consonant in the first letters. */
  private int measure(int length) {
    int measure = 0;
    for (int i = 1; i < length; i++) {
      if (consonant(i) && !consonant(i - 1)) {
        measure++;
      }
    }
    return measure;
  }

  private boolean hasVowel(int length) {
    for (int i = 0; i < length; i++) {
      if (!consonant(i)) {
        return true;
      }
    }
    return false;
  }

  private boolean doubleConsonant() {
    int last = word.length() - 1;
    return last > 0 && word.charAt(last) == word.charAt(last - 1) && consonant(last);
  }

  /** *o: ends in consonant, vowel, consonant, of which the last is not w, x or y. */
  private boolean consonantVowelConsonant(int length) {
    if (length < 3 || !consonant(length - 1) || consonant(length - 2) || !consonant(length - 3)) {
      return false;
    }
    char last = word.charAt(length - 1);
    return last != 'w' && last != 'x' && last != 'y';
  }
}
