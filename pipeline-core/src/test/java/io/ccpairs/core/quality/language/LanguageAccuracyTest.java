package io.ccpairs.core.quality.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** How often pieces of real wikis are told to be in their wiki's language. */
class LanguageAccuracyTest {
  private static final int[] SIZES = {20, 50, 200};
  private static final int PIECES = 40;

  @Test
  void piecesOfSixtyWikisAreToldApart() throws Exception {
    Path root = Path.of(System.getProperty("ccpairs.root", "..")).toAbsolutePath().normalize();
    Path dumps = root.resolveSibling("shared").resolve("data/wikipedia/minidumps");
    Assumptions.assumeTrue(
        Files.isDirectory(dumps), "Real dumps are not beside this checkout, at ../shared/data");
    Map<String, List<String>> texts = WikiTexts.byLanguage(dumps);
    Set<String> known = new HashSet<>(LanguageId.model().languages());
    known.addAll(List.of("no", "sh", "or", "am", "my", "os", "cv", "sah", "yi", "ckb", "mrj"));
    StringBuilder table =
        new StringBuilder("| wiki | 20 | 50 | 200 |\n| --- | ---: | ---: | ---: |\n");
    double[] sums = new double[SIZES.length];
    int[] wikis = new int[SIZES.length];
    int measured = 0;
    for (Map.Entry<String, List<String>> wiki : texts.entrySet()) {
      if (!known.contains(wiki.getKey())) {
        continue;
      }
      measured++;
      table.append("| ").append(wiki.getKey());
      for (int i = 0; i < SIZES.length; i++) {
        List<String> pieces = pieces(wiki.getValue(), SIZES[i]);
        long right =
            pieces.stream()
                .filter(p -> same(wiki.getKey(), LanguageId.model().of(p).language()))
                .count();
        if (!pieces.isEmpty()) {
          sums[i] += (double) right / pieces.size();
          wikis[i]++;
          table.append(String.format(Locale.ROOT, " | %.2f", (double) right / pieces.size()));
        } else {
          table.append(" | –");
        }
      }
      table.append(" |\n");
    }
    table.append(
        String.format(
            Locale.ROOT,
            "| mean of %d | %.3f | %.3f | %.3f |%n",
            measured,
            sums[0] / wikis[0],
            sums[1] / wikis[1],
            sums[2] / wikis[2]));
    Files.writeString(Path.of("target/language-accuracy.md"), table);
    assertThat(measured).isGreaterThanOrEqualTo(60);
    assertThat(sums[0] / wikis[0]).isGreaterThan(0.66);
    assertThat(sums[1] / wikis[1]).isGreaterThan(0.8);
    assertThat(sums[2] / wikis[2]).isGreaterThan(0.9);
  }

  /** The standards of Norwegian and of Serbo-Croatian count as one. */
  private static boolean same(String wiki, @org.jspecify.annotations.Nullable String guess) {
    return guess != null && one(wiki).equals(one(guess));
  }

  private static String one(String code) {
    return switch (code) {
      case "nb", "nn" -> "no";
      case "bs", "hr", "sr" -> "sh";
      default -> code;
    };
  }

  private static List<String> pieces(List<String> passages, int size) {
    List<String> pieces = new ArrayList<>();
    for (String passage : passages) {
      String line = passage.replaceAll("\\s+", " ");
      int step = Math.max(size, line.length() / 5);
      for (int at = 0; at + size <= line.length() && pieces.size() < PIECES; at += step) {
        int from = at == 0 ? 0 : Math.max(at, line.indexOf(' ', at));
        String piece = line.substring(from, Math.min(line.length(), from + size)).strip();
        long letters = piece.chars().filter(Character::isLetter).count();
        if (piece.length() >= 0.8 * size && letters >= 0.5 * piece.length()) {
          pieces.add(piece);
        }
      }
    }
    return pieces;
  }
}
