package io.ccpairs.core.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.quality.language.WikiTexts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Both shares beside a count of runs as strings. */
class WordRunsTest {
  /** A word as an oracle sees it. */
  private record Word(String letters, boolean formula) {}

  @Test
  void sharesAreThoseOfADirectCountOnTextsOfFewWords() {
    for (int text = 0; text < 300; text++) {
      List<Word> words = new ArrayList<>();
      int vocabulary = 2 + text % 7;
      for (int i = 0; i < 1 + text / 3; i++) {
        long draw = PairId.draw("word " + i, text);
        String letters =
            "abcdefgh".substring(0, 1 + (int) Long.remainderUnsigned(draw, vocabulary));
        words.add(new Word(letters, text % 2 == 0 && Long.remainderUnsigned(draw >>> 32, 9) == 0));
      }
      compare(words);
    }
  }

  @Test
  void sharesAreThoseOfADirectCountOnRealWikis() throws Exception {
    Path root = Path.of(System.getProperty("ccpairs.root", "..")).toAbsolutePath().normalize();
    Path dumps = root.resolveSibling("shared").resolve("data/wikipedia/minidumps");
    Assumptions.assumeTrue(
        Files.isDirectory(dumps), "Real dumps are not beside this checkout, at ../shared/data");
    for (List<String> passages : WikiTexts.byLanguage(dumps).values()) {
      List<Word> words = new ArrayList<>();
      for (String word : passages.get(0).split("[^\\p{L}]+")) {
        if (!word.isEmpty() && words.size() < 300) {
          words.add(new Word(word, false));
        }
      }
      compare(words);
    }
  }

  @Test
  void runsMayBeAskedForInAnyOrder() {
    TextFacts facts = TextFacts.of("a b c a b d a b c");
    double three = facts.repeatedNgramShare(3);
    assertThat(three).isEqualTo(3 / 9.0);
    assertThat(facts.repeatedNgramShare(2)).isEqualTo(5 / 9.0);
    assertThat(facts.repeatedNgramShare(3)).isEqualTo(three);
    assertThat(facts.topNgramShare(4)).isZero();
    assertThat(facts.topNgramShare(1)).as("a three times").isEqualTo(3 / 9.0);
  }

  private static void compare(List<Word> words) {
    if (words.isEmpty()) {
      return;
    }
    WordRuns runs =
        new WordRuns(
            words.size(),
            words.stream().mapToLong(w -> PairId.draw(w.letters(), 1)).toArray(),
            words.stream().mapToInt(w -> w.letters().length()).toArray(),
            formulas(words));
    for (int n = 1; n <= Math.min(12, words.size()); n++) {
      assertThat(runs.topShare(n)).as("top %d of %s", n, words).isEqualTo(top(words, n));
      assertThat(runs.repeatedShare(n))
          .as("repeated %d of %s", n, words)
          .isEqualTo(repeated(words, n));
    }
  }

  private static boolean[] formulas(List<Word> words) {
    boolean[] in = new boolean[words.size()];
    for (int i = 0; i < in.length; i++) {
      in[i] = words.get(i).formula();
    }
    return in;
  }

  private static double top(List<Word> words, int n) {
    Map<List<Word>, Integer> counts = new HashMap<>();
    int best = 1;
    double share = 0;
    for (int i = 0; i + n <= words.size(); i++) {
      List<Word> run = words.subList(i, i + n);
      int count = run.stream().anyMatch(Word::formula) ? 0 : counts.merge(run, 1, Integer::sum);
      if (count > best) {
        best = count;
        share = Math.min(1, (double) best * chars(run) / chars(words));
      }
    }
    return share;
  }

  private static double repeated(List<Word> words, int n) {
    Map<List<Word>, Integer> counts = new HashMap<>();
    boolean[] covered = new boolean[words.size()];
    for (int i = 0; i + n <= words.size(); i++) {
      List<Word> run = words.subList(i, i + n);
      if (run.stream().noneMatch(Word::formula) && counts.merge(run, 1, Integer::sum) > 1) {
        for (int k = i; k < i + n; k++) {
          covered[k] = true;
        }
      }
    }
    long chars = 0;
    for (int i = 0; i < covered.length; i++) {
      chars += covered[i] ? words.get(i).letters().length() : 0;
    }
    return (double) chars / chars(words);
  }

  private static long chars(List<Word> words) {
    return words.stream().mapToLong(w -> w.letters().length()).sum();
  }
}
