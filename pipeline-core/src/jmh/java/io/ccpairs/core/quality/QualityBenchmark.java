package io.ccpairs.core.quality;

import io.ccpairs.core.dedup.MinHash;
import io.ccpairs.core.dedup.Shingles;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.privacy.Mask;
import io.ccpairs.core.privacy.Masks;
import io.ccpairs.core.quality.language.LanguageId;
import io.ccpairs.core.quality.language.WikiTexts;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.text.Folding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread judges the passages of some eighty small wikis. Time for all; divide their size,
 * printed at the start, by it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class QualityBenchmark {
  private static final String QUERY =
      "What do you know of the capital of this country and its history?";

  /** Each passage under the beginning of another one of its wiki. */
  private final List<TextPair> pairs = new ArrayList<>();

  /** Each passage under a question in English. */
  private List<TextPair> mismatched = List.of();

  private final Rules rules = Rules.of(QualityConfig.defaults(Origin.REDDIT));
  private final Rules withoutLanguage = Rules.of(QualityConfig.defaults(Origin.WIKIPEDIA));
  private final Masks masks = new Masks(List.of(Mask.values()));
  private final MinHash minHash = new MinHash(14, 8, 42);

  /** Reads the wikis. */
  @Setup
  public void read() throws IOException, MalformedRecordException {
    Path dumps =
        Path.of(System.getProperty("ccpairs.root", ".."), "../shared/data/wikipedia/minidumps");
    Collection<List<String>> wikis = WikiTexts.byLanguage(dumps).values();
    for (List<String> passages : wikis) {
      for (int i = 0; i < passages.size(); i++) {
        String other = passages.get((i + 1) % passages.size());
        pairs.add(
            ForumPairs.of(other.substring(0, Math.min(other.length(), 200)), passages.get(i)));
      }
    }
    mismatched =
        wikis.stream().flatMap(List::stream).map(text -> ForumPairs.of(QUERY, text)).toList();
    long bytes =
        pairs.stream()
            .mapToLong(pair -> pair.passage().getBytes(StandardCharsets.UTF_8).length)
            .sum();
    long queries =
        pairs.stream()
            .mapToLong(pair -> pair.query().getBytes(StandardCharsets.UTF_8).length)
            .sum();
    System.out.printf(
        "passages: %d, bytes: %d, of their queries: %d%n", pairs.size(), bytes, queries);
  }

  /** All rules of a forum, the languages of both sides among them. */
  @Benchmark
  public int rules() {
    return kept(rules, pairs);
  }

  /** All rules but the one that looks at languages. */
  @Benchmark
  public int rulesWithoutLanguage() {
    return kept(withoutLanguage, pairs);
  }

  /** The worst case: nearly all pairs in two languages, so that every sentence is looked at. */
  @Benchmark
  public int rulesOnTwoLanguages() {
    return kept(rules, mismatched);
  }

  private static int kept(Rules rules, List<TextPair> pairs) {
    int kept = 0;
    for (TextPair pair : pairs) {
      kept += rules.judge(new PairFacts(pair, LanguageId.model())).kept() ? 1 : 0;
    }
    return kept;
  }

  /** The language of each passage, by its first 400 characters. */
  @Benchmark
  public double language() {
    double sum = 0;
    for (TextPair pair : pairs) {
      sum += LanguageId.model().of(pair.passage()).confidence();
    }
    return sum;
  }

  /** All masks. */
  @Benchmark
  public int masks() {
    int chars = 0;
    for (TextPair pair : pairs) {
      chars += masks.apply(pair.passage()).length();
    }
    return chars;
  }

  /** Folding, shingles and the fourteen bands of each passage. */
  @Benchmark
  public long bands() {
    long sum = 0;
    for (TextPair pair : pairs) {
      long[] shingles = Shingles.of(Folding.fold(pair.passage()), 3);
      sum += shingles.length == 0 ? 0 : minHash.bands(shingles)[0];
    }
    return sum;
  }
}
