package io.ccpairs.jobs.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.EncoderOptions;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.RandomModel;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.spark.Statistics;
import io.ccpairs.jobs.workspace.Json;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stage as a whole, on pairs of which half belong together. */
class FilterJobTest {
  private static final int PAIRS = 400;

  @TempDir static Path folder;
  private static String model = "";
  private static PublishedRun input;
  private static Stage.Result ranked;

  @BeforeAll
  static void pairs() throws IOException {
    model = RandomModel.small(folder.resolve("model"));
    input = Tables.publish(TestSpark.local(), folder, "unique", Pairs.some(PAIRS));
    ranked = filter("k2", Pairs.config(2, 250));
  }

  private static SortedMap<String, String> settings(FilterConfig config) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("filter.k", "" + config.k());
    settings.put("filter.rank-up-to", "" + config.rankUpTo());
    settings.put("filter.pool-size", "" + config.poolSize());
    settings.put("filter.stratum", "" + config.stratum());
    settings.put("filter.piece-pairs", "" + config.piecePairs());
    return settings;
  }

  private static Stage.Result filter(String name, FilterConfig config) throws IOException {
    return filter(name, config, null);
  }

  private static Stage.Result filter(String name, FilterConfig config, @Nullable PublishedRun ranks)
      throws IOException {
    SparkSession spark = TestSpark.local();
    Workspace workspace =
        Workspace.at(folder.resolve(name).toString(), spark.sparkContext().hadoopConfiguration());
    FilterJob job = new FilterJob(spark, config);
    return ranks == null
        ? job.run(input, model, workspace, "a", OnExisting.SKIP, settings(config))
        : job.runOnRanks(input, ranks, workspace, "a", OnExisting.SKIP, settings(config));
  }

  private static FilterConfig withStratum(FilterConfig c, FilterConfig.Stratum stratum) {
    return new FilterConfig(
        c.k(),
        c.rankUpTo(),
        c.poolSize(),
        stratum,
        c.minStratum(),
        c.maxTokens(),
        c.batchPairs(),
        c.piecePairs(),
        c.fullRankSample(),
        c.tasksPerGpu(),
        c.seed(),
        c.droppedSample(),
        c.dropped());
  }

  private static FilterConfig withPieces(FilterConfig c, long pairs) {
    return new FilterConfig(
        c.k(),
        c.rankUpTo(),
        c.poolSize(),
        c.stratum(),
        c.minStratum(),
        c.maxTokens(),
        c.batchPairs(),
        pairs,
        c.fullRankSample(),
        c.tasksPerGpu(),
        c.seed(),
        c.droppedSample(),
        c.dropped());
  }

  private static double product(Embeddings a, int i, Embeddings b, int j) {
    double sum = 0;
    for (int d = 0; d < a.dimensions(); d++) {
      sum += (double) a.values()[i * a.dimensions() + d] * b.values()[j * b.dimensions() + d];
    }
    return sum;
  }

  /** The definition, word for word: rank by pair, of those below a limit. */
  private static Map<String, Integer> oracle(
      List<TextPair> pairs, List<TextPair> stratum, int poolSize) throws IOException {
    List<String> pool = stratum.stream().map(TextPair::passage).distinct().toList();
    List<String> drawn = new ArrayList<>(pool);
    long seed = FilterConfig.defaults().seed();
    drawn.sort(
        Comparator.comparingLong(text -> PairId.mix(TextKey.of(text).high() ^ PairId.mix(seed))));
    drawn = drawn.subList(0, Math.min(poolSize, drawn.size()));
    Map<String, Integer> ranks = new HashMap<>();
    try (TextEncoder encoder =
        TextEncoder.open(Path.of(model), EncoderOptions.cpu().withMaxTokens(32))) {
      Embeddings passages = encoder.encode(Role.PASSAGE, drawn);
      Embeddings queries = encoder.encode(Role.QUERY, pairs.stream().map(TextPair::query).toList());
      Embeddings own = encoder.encode(Role.PASSAGE, pairs.stream().map(TextPair::passage).toList());
      for (int i = 0; i < pairs.size(); i++) {
        int rank = 1;
        for (int j = 0; j < drawn.size(); j++) {
          if (!drawn.get(j).equals(pairs.get(i).passage())
              && product(queries, i, passages, j) > product(queries, i, own, i)) {
            rank++;
          }
        }
        if (Double.isFinite(product(queries, i, own, i))) {
          ranks.put(pairs.get(i).id(), rank);
        }
      }
    }
    return ranks;
  }

  private static Map<String, Integer> kept(Map<String, Integer> ranks, int k) {
    Map<String, Integer> kept = new TreeMap<>(ranks);
    kept.values().removeIf(rank -> rank > k);
    return kept;
  }

  private static Map<String, Integer> ranks(PublishedRun run) {
    Map<String, Integer> ranks = new TreeMap<>();
    TestSpark.local()
        .read()
        .parquet(run.data().toString())
        .select("pair_id", "rank")
        .collectAsList()
        .forEach(row -> ranks.put(row.getString(0), row.getInt(1)));
    return ranks;
  }

  @Test
  void aPairStaysIfItsPassageRanksAmongTheFirstK() throws IOException {
    List<TextPair> pairs = Pairs.some(PAIRS);
    for (int poolSize : new int[] {250, 1}) {
      Stage.Result result = poolSize == 250 ? ranked : filter("pool-1", Pairs.config(2, 1));
      Map<String, Integer> oracle = oracle(pairs, pairs, poolSize);
      assertThat(ranks(result.run())).as("pool of %s", poolSize).isEqualTo(kept(oracle, 2));
      long in = 0;
      long noVector = 0;
      long inconsistent = 0;
      for (Origin origin : input.origins()) {
        in += result.funnel().in(origin, Kind.PAIR);
        noVector += result.funnel().judged(origin, Kind.PAIR, Verdict.NO_VECTOR);
        inconsistent += result.funnel().judged(origin, Kind.PAIR, Verdict.INCONSISTENT);
      }
      assertThat(in).isEqualTo(PAIRS);
      assertThat(noVector).isEqualTo(PAIRS - oracle.size()).isGreaterThan(10);
      assertThat(inconsistent).isEqualTo(oracle.size() - kept(oracle, 2).size());
      if (poolSize > 1) {
        assertThat(inconsistent).as("the filter finds something").isGreaterThan(50);
      } else {
        assertThat(inconsistent).as("nobody is third among one").isZero();
      }
    }
  }

  @Test
  void poolsOfStrataHoldTheirOwnPassages() throws IOException {
    List<TextPair> pairs = Pairs.some(PAIRS);
    Stage.Result byOrigin =
        filter("by-origin", withStratum(Pairs.config(2, 1_000), FilterConfig.Stratum.ORIGIN));
    Map<String, Integer> expected = new TreeMap<>();
    for (Origin origin : input.origins()) {
      List<TextPair> own = pairs.stream().filter(pair -> pair.origin() == origin).toList();
      expected.putAll(kept(oracle(own, own, 1_000), 2));
    }
    assertThat(ranks(byOrigin.run())).isEqualTo(expected);

    Stage.Result byLanguage =
        filter("by-language", withStratum(Pairs.config(2, 1_000), FilterConfig.Stratum.LANGUAGE));
    expected.clear();
    for (String language : List.of("de", "en")) {
      List<TextPair> own = pairs.stream().filter(pair -> language.equals(pair.lang())).toList();
      expected.putAll(kept(oracle(own, own, 1_000), 2));
    }
    assertThat(ranks(byLanguage.run())).isEqualTo(expected);
    FileSystem files = FileSystem.getLocal(new Configuration());
    PoolManifest german =
        Json.read(
            files,
            new org.apache.hadoop.fs.Path(byLanguage.run().aside("pool"), "de.json"),
            PoolManifest.class);
    assertThat(german.passages() + german.withoutVector())
        .isEqualTo(
            (int)
                pairs.stream()
                    .filter(pair -> "de".equals(pair.lang()))
                    .map(TextPair::passage)
                    .distinct()
                    .count());
    assertThat(german.model())
        .extracting(PoolManifest.ModelFile::name)
        .contains("model.safetensors");
  }

  @Test
  void neitherPartitionsNorPiecesChangeARow() throws IOException {
    List<String> rows = Tables.rows(TestSpark.local(), ranked.run());
    assertThat(rows).isNotEmpty();
    try {
      for (String partitions : List.of("1", "7")) {
        TestSpark.local().conf().set("spark.sql.shuffle.partitions", partitions);
        FilterConfig config = withPieces(Pairs.config(2, 250), partitions.equals("7") ? 60 : 1_000);
        assertThat(Tables.rows(TestSpark.local(), filter("parts-" + partitions, config).run()))
            .as("%s partitions", partitions)
            .isEqualTo(rows);
      }
    } finally {
      TestSpark.local().conf().set("spark.sql.shuffle.partitions", "4");
    }
  }

  @Test
  void anotherKIsDecidedFromTheRanks() throws IOException {
    List<TextPair> pairs = Pairs.some(PAIRS);
    Stage.Result again = filter("k5", Pairs.config(5, 999), ranked.run());
    assertThat(ranks(again.run()))
        .isEqualTo(kept(oracle(pairs, pairs, 250), 5))
        .hasSizeGreaterThan(ranks(ranked.run()).size());
    FileSystem files = FileSystem.getLocal(new Configuration());
    assertThat(again.run().settings(files))
        .as("the settings are those of the ranks")
        .containsEntry("filter.pool-size", "250")
        .containsEntry("filter.k", "5");
    assertThat(names(files, again.run().aside(Ranking.POOL)))
        .as("the pool of both origins is told once")
        .isEqualTo(names(files, ranked.run().aside(Ranking.POOL)));
    assertThat(
            Tables.rows(TestSpark.local(), filter("k1", Pairs.config(1, 250), again.run()).run()))
        .as("ranks go on with every run")
        .hasSizeLessThan(ranks(ranked.run()).size());
    FilterConfig eleven = Pairs.config(10, 250);
    assertThatThrownBy(
            () ->
                filter(
                    "k11",
                    new FilterConfig(
                        11,
                        11,
                        250,
                        eleven.stratum(),
                        50,
                        32,
                        64,
                        1_000,
                        0,
                        1,
                        42,
                        10,
                        eleven.dropped()),
                    ranked.run()))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("counted up to 10");
    assertThatThrownBy(() -> filter("wrong", Pairs.config(2, 250), input))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("ranks are kept by runs of consistent");
  }

  private static List<String> names(FileSystem files, org.apache.hadoop.fs.Path folder)
      throws IOException {
    return Arrays.stream(files.listStatus(folder))
        .map(file -> file.getPath().getName())
        .filter(name -> !name.startsWith("."))
        .sorted()
        .toList();
  }

  @Test
  void ranksAndCosinesAreCountedForTheReport() throws IOException {
    Stage.Result result = ranked;
    FileSystem files = FileSystem.getLocal(new Configuration());
    Map<String, Map<String, Map<String, Long>>> counts = result.run().statistics(files).byOrigin();
    for (Origin origin : input.origins()) {
      Map<String, Map<String, Long>> own = counts.getOrDefault(origin.word(), Map.of());
      long judged =
          result.funnel().in(origin, Kind.PAIR)
              - result.funnel().judged(origin, Kind.PAIR, Verdict.NO_VECTOR);
      assertThat(sum(own.get(Statistics.RANKS))).isEqualTo(judged);
      assertThat(sum(own.get(Statistics.KEPT_COSINES)) + sum(own.get(Statistics.DROPPED_COSINES)))
          .isEqualTo(judged);
      assertThat(sum(own.get(Statistics.FULL_RANKS)))
          .as("about a hundred of them")
          .isBetween(60L, 140L);
      assertThat(own.getOrDefault(Statistics.FULL_RANKS, Map.of()).getOrDefault("1", 0L))
          .isLessThanOrEqualTo(own.getOrDefault(Statistics.RANKS, Map.of()).getOrDefault("1", 0L));
    }
  }

  private static long sum(@Nullable Map<String, Long> buckets) {
    return buckets == null ? 0 : buckets.values().stream().mapToLong(Long::longValue).sum();
  }
}
