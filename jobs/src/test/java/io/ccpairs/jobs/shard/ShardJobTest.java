package io.ccpairs.jobs.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.shard.BatchPlan;
import io.ccpairs.core.shard.ShardIndex;
import io.ccpairs.core.shard.ShardReader;
import io.ccpairs.core.shard.ShardRow;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardJobTest {
  private static final ShardConfig SMALL =
      new ShardConfig(
          24,
          4,
          2,
          0,
          ShardConfig.Mixing.MIXED,
          1,
          new ShardConfig.Weights(1, 1, 1),
          42,
          72); // three batches to a file

  @TempDir static Path folder;
  private static SparkSession spark = TestSpark.local();
  private static List<TextPair> pairs = List.of();
  private static PublishedRun input;

  /** 200 threads: of 60 three answers each, of the others one. */
  @BeforeAll
  static void publish() throws IOException {
    spark = TestSpark.local();
    List<TextPair> made = new ArrayList<>();
    for (int thread = 0; thread < 200; thread++) {
      Origin origin = thread % 2 == 0 ? Origin.REDDIT : Origin.WIKIPEDIA;
      for (int answer = 0; answer < (thread < 60 ? 3 : 1); answer++) {
        made.add(pair(origin, "t" + thread, thread + "." + answer));
      }
    }
    pairs = List.copyOf(made);
    input = Tables.publish(spark, folder.resolve("work"), "unique", pairs);
  }

  private static TextPair pair(Origin origin, String thread, String name) {
    String query = "what is " + thread;
    String passage = "the answer " + name;
    return new TextPair(
        PairId.of(origin, thread, name, query, passage),
        origin,
        "test",
        null,
        query,
        passage,
        thread,
        name,
        1,
        null,
        name,
        null,
        List.of(),
        null,
        null,
        null,
        null,
        null);
  }

  private static Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private static PublishedRun shard(String name, ShardConfig config) throws IOException {
    return result(name, config).run();
  }

  private static Stage.Result result(String name, ShardConfig config) throws IOException {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("shard", config.toString());
    return new ShardJob(spark, config)
        .run(
            input,
            Workspace.at(folder.resolve("work").toString(), hadoop()),
            name,
            OnExisting.OVERWRITE,
            settings);
  }

  private static ShardReader reader(PublishedRun run) throws IOException {
    return HadoopShards.open(run.path().toString(), hadoop());
  }

  private static List<List<String>> batches(ShardReader reader, int world) throws IOException {
    List<List<String>> batches = new ArrayList<>();
    for (long step = 0; step < reader.index().batches(); step++) {
      List<String> batch = new ArrayList<>();
      for (int rank = 0; rank < world; rank++) {
        reader.slice(step, rank, world).forEach(row -> batch.add(row.pairId()));
      }
      batches.add(batch);
    }
    return batches;
  }

  private static List<String> ids() {
    return pairs.stream().map(TextPair::id).sorted().toList();
  }

  @Test
  void everyPairComesOnceAnEpochInAnotherOrder() throws IOException {
    ShardReader reader = reader(shard("once", SMALL));
    List<List<String>> batches = batches(reader, 1);
    int perEpoch = (int) reader.index().epochs().get(0).batches();
    assertThat(batches).hasSize(2 * perEpoch);
    for (int epoch = 0; epoch < 2; epoch++) {
      List<String> seen = new ArrayList<>();
      batches.subList(epoch * perEpoch, (epoch + 1) * perEpoch).forEach(seen::addAll);
      assertThat(seen.stream().sorted().toList()).isEqualTo(ids());
    }
    assertThat(batches.get(0)).isNotEqualTo(batches.get(perEpoch));
    assertThat(batches).allMatch(batch -> batch.size() == 22 || batch.size() == 23);
  }

  @Test
  void anyWorldThatDividesTheSlicesReadsTheSameBatches() throws IOException {
    ShardReader reader = reader(shard("worlds", SMALL));
    List<List<String>> alone = batches(reader, 1);
    assertThat(batches(reader, 2)).isEqualTo(alone);
    assertThat(batches(reader, 4)).isEqualTo(alone);
    assertThatThrownBy(() -> reader.slice(0, 0, 3))
        .hasMessageContaining("3 ranks")
        .hasMessageContaining("shard.slices");
  }

  @Test
  void aTrainingThatGoesOnInAnotherWorldSkipsAndRepeatsNothing() throws IOException {
    ShardReader reader = reader(shard("resumed", SMALL));
    int perEpoch = (int) reader.index().epochs().get(0).batches();
    List<String> seen = new ArrayList<>();
    for (int step = 0; step < perEpoch; step++) {
      int world = step < 5 || step >= 9 ? 2 : 1;
      for (int rank = 0; rank < world; rank++) {
        reader.slice(step, rank, world).forEach(row -> seen.add(row.pairId()));
      }
    }
    assertThat(seen.stream().sorted().toList()).isEqualTo(ids());
  }

  @Test
  void thePlanIsTheSameOnAnyNumberOfPartitions() throws IOException {
    List<List<List<String>>> plans = new ArrayList<>();
    for (String partitions : List.of("1", "2", "7")) {
      spark.conf().set("spark.sql.shuffle.partitions", partitions);
      plans.add(batches(reader(shard("partitions-" + partitions, SMALL)), 1));
    }
    spark.conf().set("spark.sql.shuffle.partitions", "4");
    assertThat(plans.get(1)).isEqualTo(plans.get(0));
    assertThat(plans.get(2)).isEqualTo(plans.get(0));
    ShardConfig other =
        new ShardConfig(
            24, 4, 2, 0, ShardConfig.Mixing.MIXED, 1, new ShardConfig.Weights(1, 1, 1), 43, 72);
    assertThat(batches(reader(shard("seed", other)), 1)).isNotEqualTo(plans.get(0));
  }

  @Test
  void siblingsDoNotMeetInABatch() throws IOException {
    PublishedRun run = shard("siblings", SMALL);
    ShardReader reader = reader(run);
    for (long step = 0; step < reader.index().batches(); step++) {
      Set<Long> keys = new HashSet<>();
      for (ShardRow row : reader.slice(step, 0, 1)) {
        assertThat(keys.add(row.queryKey())).isTrue();
      }
    }
    assertThat(reader.index().epochs().get(0).siblingsTogether()).isZero();
  }

  @Test
  void aBatchOfASingleSourceHoldsOneOrigin() throws IOException {
    ShardConfig config =
        new ShardConfig(
            24,
            4,
            1,
            0,
            ShardConfig.Mixing.SINGLE_SOURCE,
            1,
            new ShardConfig.Weights(1, 1, 1),
            42,
            72);
    PublishedRun run = shard("single", config);
    assertThat(
            spark
                .read()
                .parquet(run.data().toString())
                .groupBy("batch")
                .agg(org.apache.spark.sql.functions.countDistinct("origin").as("n"))
                .where("n > 1")
                .count())
        .isZero();
    List<String> seen = new ArrayList<>();
    batches(reader(run), 2).forEach(seen::addAll);
    assertThat(seen.stream().sorted().toList()).isEqualTo(ids());
  }

  @Test
  void aSourceThatGivesAShareTakesTurnsAndTheRestIsCounted() throws IOException {
    ShardConfig config =
        new ShardConfig(
            24, 4, 2, 0, ShardConfig.Mixing.MIXED, 1, new ShardConfig.Weights(2, 0, 1), 42, 72);
    Stage.Result result = result("weights", config);
    long wiki = result.funnel().judged(Origin.WIKIPEDIA, Kind.PAIR, Verdict.OVER_SHARE);
    // Two epochs of half of 160 pairs each, side by side.
    assertThat(wiki).isEqualTo(160);
    ShardIndex index = reader(result.run()).index();
    assertThat(index.rows()).isEqualTo(2 * 160 + 160);
  }

  private static ShardConfig drawn(long pairs, ShardConfig.Weights weights) {
    return new ShardConfig(24, 4, 2, pairs, ShardConfig.Mixing.MIXED, 1, weights, 42, 72);
  }

  @Test
  void aTrainingOnFewerPairsTakesTheSameOnesInEveryEpochAndCountsTheOthers() throws IOException {
    Stage.Result result = result("drawn", drawn(100, new ShardConfig.Weights(1, 1, 1)));
    List<List<String>> batches = batches(reader(result.run()), 1);
    assertThat(batches).hasSize(10);
    List<Set<String>> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      Set<String> seen = new HashSet<>();
      batches.subList(5 * epoch, 5 * epoch + 5).forEach(seen::addAll);
      epochs.add(seen);
    }
    assertThat(epochs.get(0)).hasSize(100).isEqualTo(epochs.get(1));
    assertThat(epochs.get(0))
        .isEqualTo(
            Set.copyOf(
                ids().stream()
                    .sorted(Comparator.comparingLong(id -> BatchPlan.sampleDraw(id, 42)))
                    .limit(100)
                    .toList()));
    assertThat(
            result.funnel().judged(Origin.REDDIT, Kind.PAIR, Verdict.NOT_DRAWN)
                + result.funnel().judged(Origin.WIKIPEDIA, Kind.PAIR, Verdict.NOT_DRAWN))
        .isEqualTo(2 * (320 - 100));
  }

  @Test
  void theDrawLeavesOutSourcesWithoutAWeightAndStopsAtWhatThereIs() throws IOException {
    Stage.Result reddit = result("drawn-reddit", drawn(100, new ShardConfig.Weights(1, 1, 0)));
    assertThat(reader(reddit.run()).index().rows()).isEqualTo(2 * 100);
    assertThat(reddit.funnel().judged(Origin.REDDIT, Kind.PAIR, Verdict.NOT_DRAWN))
        .isEqualTo(2 * 60);
    Stage.Result all = result("drawn-all", drawn(321, new ShardConfig.Weights(1, 1, 1)));
    assertThat(reader(all.run()).index().rows()).isEqualTo(2 * 320);
  }

  @Test
  void aFlippedByteAndACutFileAreErrorsThatNameTheShard() throws IOException {
    PublishedRun run = shard("damaged", SMALL);
    ShardIndex.Shard shard = reader(run).index().files().get(0);
    Path file = Path.of(run.path().toUri().getPath()).resolve(shard.path());
    byte[] whole = Files.readAllBytes(file);
    int[] places = {10, whole.length / 3, (int) shard.footer() + 9, whole.length - 20};
    for (int place : places) {
      byte[] flipped = whole.clone();
      flipped[place] ^= 4;
      write(file, flipped);
      assertThatThrownBy(() -> batches(reader(run), 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(shard.path());
    }
    write(file, java.util.Arrays.copyOf(whole, whole.length - 100));
    assertThatThrownBy(() -> batches(reader(run), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.getFileName().toString());
    write(file, whole);
    assertThat(batches(reader(run), 1)).isNotEmpty();
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    // Hadoop's local file system keeps a checksum beside the file; here only ours may speak.
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.write(file, bytes);
  }

  @Test
  void slicesThatWouldBeEmptyAreRefused() {
    ShardConfig config =
        new ShardConfig(
            300, 250, 1, 0, ShardConfig.Mixing.MIXED, 1, new ShardConfig.Weights(1, 1, 1), 42, 72);
    assertThatThrownBy(() -> shard("empty", config)).hasMessageContaining("shard.slices");
  }
}
