package io.ccpairs.core.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class MinHashTest {
  private static final MinHash DEFAULT = new MinHash(14, 8, 42);

  /** Two sets of about 200 hashes with this many in common of all. */
  private static boolean meet(double jaccard, int trial) {
    int union = 400;
    int shared = (int) Math.round(jaccard * union);
    long[] a = new long[shared + (union - shared) / 2];
    long[] b = new long[union - (union - shared) / 2];
    for (int i = 0; i < shared; i++) {
      a[i] = PairId.mix(trial * 1_000_003L + i);
      b[i] = a[i];
    }
    for (int i = shared; i < a.length; i++) {
      a[i] = PairId.mix(trial * 1_000_003L + 100_000 + i);
    }
    for (int i = shared; i < b.length; i++) {
      b[i] = PairId.mix(trial * 1_000_003L + 200_000 + i);
    }
    Arrays.sort(a);
    Arrays.sort(b);
    assertThat(Shingles.jaccard(a, b)).isCloseTo(jaccard, within(0.005));
    long[] ofA = DEFAULT.bands(a);
    long[] ofB = DEFAULT.bands(b);
    for (int band = 0; band < ofA.length; band++) {
      if (ofA[band] == ofB[band]) {
        return true;
      }
    }
    return false;
  }

  @Test
  void textsMeetAsOftenAsTheTheorySays() throws IOException {
    int trials = 2_000;
    StringBuilder table = new StringBuilder("| Jaccard | theory | met |\n| ---: | ---: | ---: |\n");
    for (double jaccard : new double[] {0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95}) {
      int met = 0;
      for (int trial = 0; trial < trials; trial++) {
        met += meet(jaccard, trial) ? 1 : 0;
      }
      double expected = DEFAULT.recall(jaccard);
      double measured = (double) met / trials;
      table.append(
          String.format(Locale.ROOT, "| %.2f | %.3f | %.3f |%n", jaccard, expected, measured));
      double deviation = Math.sqrt(expected * (1 - expected) / trials);
      assertThat(measured).as("at %s", jaccard).isCloseTo(expected, within(4 * deviation + 0.002));
    }
    Files.writeString(Path.of("target/near-duplicate-recall.md"), table);
  }

  @Test
  void theDrawsOfASeedStayAndNoSeedDrawsTheSameTwice() {
    assertThat(DEFAULT.bands(new long[] {1, 2, 3}))
        .startsWith(1609051183098734729L, -7023013514756771586L);
    // With the draw of its multiplier as its offset, the first function maps -1 to -1.
    assertThat(new MinHash(1, 1, 0).bands(new long[] {-1})).doesNotContain(PairId.mix(31 - 1));
  }

  @Test
  void theDefaultBandsFindNinetyEightOfAHundredFromEightyFivePercentOn() {
    assertThat(DEFAULT.recall(0.85)).isGreaterThan(0.98);
  }

  @Test
  void shinglesAreDistinctAndSortedAndShortTextsHaveOne() {
    assertThat(Shingles.of("a b c a b c", 3)).hasSize(3).isSorted();
    assertThat(Shingles.of("a b", 3)).hasSize(1);
    assertThat(Shingles.of("", 3)).isEmpty();
    assertThat(Shingles.jaccard(Shingles.of("a b c d", 2), Shingles.of("a b c e", 2)))
        .isEqualTo(0.5);
  }

  @Test
  void keysTellTextsAndTheirBordersApart() {
    assertThat(TextKey.of("ab", "c")).isNotEqualTo(TextKey.of("a", "bc"));
    assertThat(TextKey.of("abcdefgh")).isEqualTo(TextKey.of("abcdefgh"));
    assertThat(TextKey.of("abcdefgh")).isNotEqualTo(TextKey.of("abcdefgi"));
    assertThat(java.util.stream.IntStream.range(0, 100_000).mapToObj(i -> TextKey.of("t" + i)))
        .doesNotHaveDuplicates();
  }

  @Test
  void groupsAreKnownByTheirSmallestIdWhateverTheOrder() {
    Groups groups = new Groups();
    for (int i = 999; i > 0; i--) {
      groups.connect(String.format("%04d", i), String.format("%04d", i - 1));
    }
    groups.connect("x", "y");
    assertThat(groups.smallest("0999")).isEqualTo("0000");
    assertThat(groups.smallest("y")).isEqualTo("x");
    assertThat(groups.all()).hasSize(1_002);
  }
}
