package io.ccpairs.jobs.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.dedup.Shingles;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.text.Folding;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.workspace.ContractException;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DedupJobTest {
  private static final int TEXTS = 300;

  @TempDir Path folder;

  private static DedupConfig config(DedupConfig.Engine engine, int partitions, long driverEdges) {
    DedupConfig d = DedupConfig.defaults();
    return new DedupConfig(
        true,
        DedupConfig.Near.PASSAGE,
        engine,
        d.shingleWords(),
        d.minJaccard(),
        engine == DedupConfig.Engine.MLLIB ? 10 : d.bands(),
        d.rows(),
        d.bandReach(),
        driverEdges,
        partitions,
        d.seed(),
        d.droppedSample(),
        Dropped.ALL);
  }

  /** Words drawn by hash: text {@code number}, of which some words differ in copy {@code copy}. */
  private static String passage(int number, int copy, int words, double changed) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      String place = number + "/" + i;
      boolean change = copy > 0 && (PairId.draw(place + "/" + copy, 5) >>> 11) * 0x1p-53 < changed;
      String from = change ? place + "/" + copy : place;
      text.append(i == 0 ? "" : " ").append("w").append(PairId.draw(from, 9) >>> 50);
    }
    return text.toString();
  }

  /** Each text with copies of 0.5 to 4 % changed words, of which some are near-duplicates. */
  private static List<TextPair> planted() {
    List<TextPair> pairs = new ArrayList<>();
    int number = 0;
    for (int text = 0; text < TEXTS; text++) {
      Origin origin = text % 2 == 0 ? Origin.REDDIT : Origin.STACKEXCHANGE;
      for (int copy = 0; copy < 4; copy++) {
        String passage = passage(text, copy, 120, 0.01 * copy);
        pairs.add(Tables.pair(origin, number++, "question " + text + " " + copy, passage));
      }
    }
    return pairs;
  }

  private Stage.Result run(SparkSession spark, DedupConfig config, List<TextPair> pairs)
      throws IOException {
    Path work = Files.createTempDirectory(folder, "work");
    PublishedRun input = Tables.publish(spark, work, "clean", pairs);
    return new DedupJob(spark, config)
        .run(
            input,
            Workspace.at(work.toString(), spark.sparkContext().hadoopConfiguration()),
            null,
            OnExisting.SKIP,
            new TreeMap<>());
  }

  @Test
  void nearDuplicatesAreFoundWithTheRecallOfTheBandsAndNoneIsFalse() throws IOException {
    SparkSession spark = TestSpark.local();
    List<TextPair> pairs = planted();
    Stage.Result result = run(spark, config(DedupConfig.Engine.BANDS, 0, 1_000_000), pairs);
    Set<String> kept = new HashSet<>(Tables.ids(spark, result.run()));
    int planted = 0;
    int found = 0;
    for (int i = 0; i < pairs.size(); i += 4) {
      List<TextPair> group = pairs.subList(i, i + 4);
      for (TextPair one : group) {
        boolean near =
            group.stream()
                .anyMatch(other -> other.id().compareTo(one.id()) < 0 && near(one, other));
        boolean reachable =
            group.stream().anyMatch(other -> !other.equals(one) && near(one, other));
        if (near) {
          planted++;
          found += kept.contains(one.id()) ? 0 : 1;
        } else if (!reachable) {
          assertThat(kept).as("nothing is like it: it stays").contains(one.id());
        }
      }
    }
    assertThat(planted).isGreaterThan(400);
    assertThat((double) found / planted).as("recall").isGreaterThanOrEqualTo(0.98);
    assertThat(result.funnel().judged(Origin.REDDIT, Kind.PAIR, Verdict.NEAR_DUPLICATE))
        .isPositive();
  }

  private static boolean near(TextPair one, TextPair other) {
    return Shingles.jaccard(
            Shingles.of(Folding.fold(one.passage()), 3),
            Shingles.of(Folding.fold(other.passage()), 3))
        >= 0.85;
  }

  @Test
  void theSameStayForAnyPartitionsAndAnyOrderOfRows() throws IOException {
    SparkSession spark = TestSpark.local();
    List<TextPair> pairs = planted().subList(0, 120);
    List<String> first =
        Tables.rows(spark, run(spark, config(DedupConfig.Engine.BANDS, 1, 1_000_000), pairs).run());
    for (int partitions : new int[] {2, 7}) {
      List<TextPair> other = new ArrayList<>(pairs);
      other.sort(Comparator.comparing(pair -> PairId.draw(pair.id(), partitions)));
      assertThat(
              Tables.rows(
                  spark,
                  run(
                          spark,
                          config(
                              DedupConfig.Engine.BANDS,
                              partitions,
                              partitions == 7 ? 0 : 1_000_000),
                          other)
                      .run()))
          .isEqualTo(first);
    }
  }

  @Test
  void mllibFindsNothingThatTheBandsDoNot() throws IOException {
    SparkSession spark = TestSpark.local();
    List<TextPair> pairs = planted().subList(0, 80);
    List<String> ours =
        Tables.ids(spark, run(spark, config(DedupConfig.Engine.BANDS, 0, 1_000_000), pairs).run());
    List<String> theirs =
        Tables.ids(spark, run(spark, config(DedupConfig.Engine.MLLIB, 0, 1_000_000), pairs).run());
    assertThat(theirs).isEqualTo(ours);
  }

  @Test
  void ofEqualTextsTheSmallestIdStaysAndRepeatedRowsAreKeptOnce() throws IOException {
    SparkSession spark = TestSpark.local();
    TextPair a = Tables.pair(Origin.REDDIT, 1, "How?", "With a hammer and a nail.");
    TextPair sameFolded = Tables.pair(Origin.REDDIT, 2, "how", "With a Hammer and a nail");
    TextPair otherQuery = Tables.pair(Origin.WIKIPEDIA, 3, "Nail", "With a hammer and a nail!");
    TextPair repeated = Tables.pair(Origin.REDDIT, 4, "Why?", "Because the picture must hang.");
    Stage.Result result =
        run(
            spark,
            config(DedupConfig.Engine.BANDS, 0, 1_000_000),
            List.of(a, sameFolded, otherQuery, repeated, repeated, repeated));
    List<String> ids = Tables.ids(spark, result.run());
    assertThat(ids).hasSize(2).contains(repeated.id());
    String smaller = Collections.min(List.of(a.id(), sameFolded.id()));
    String stays = Collections.min(List.of(smaller, otherQuery.id()));
    assertThat(ids).contains(stays);
    long duplicates = 0;
    long passages = 0;
    for (Origin origin : Origin.values()) {
      duplicates += result.funnel().judged(origin, Kind.PAIR, Verdict.DUPLICATE);
      passages += result.funnel().judged(origin, Kind.PAIR, Verdict.DUPLICATE_PASSAGE);
    }
    assertThat(duplicates).as("one equal pair, two repeated rows").isEqualTo(3);
    assertThat(passages).isEqualTo(1);
  }

  @Test
  void aBandThatThousandsShareCostsLinearTime() {
    List<InternalRow> band = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      band.add(internal(7L, String.format("%08d", i)));
    }
    BandMeetings meetings = new BandMeetings(band.iterator(), 50);
    long met = 0;
    long unheld = 0;
    while (meetings.hasNext()) {
      Row row = meetings.next();
      met += row.isNullAt(0) ? 0 : 1;
      unheld += row.getLong(2);
    }
    assertThat(met).isLessThanOrEqualTo(20_000L * 51);
    assertThat(met + unheld).isEqualTo(20_000L * 19_999 / 2);
  }

  private static InternalRow internal(Object... values) {
    return new GenericInternalRow(
        Arrays.stream(values)
            .map(value -> value instanceof String text ? UTF8String.fromString(text) : value)
            .toArray());
  }

  @Test
  void ofATextTheSmallestIdStaysThoughAnotherQueryStandsFirst() {
    List<InternalRow> sorted =
        List.of(
            internal(1L, 1L, 3L, "d", 7L),
            internal(1L, 1L, 3L, "e", 7L),
            internal(1L, 1L, 3L, "e", 7L),
            internal(1L, 1L, 5L, "b", 7L),
            internal(1L, 1L, 5L, "b", 7L),
            internal(1L, 1L, 6L, "c", 7L),
            internal(1L, 2L, 3L, "a", 9L));
    List<String> marked = new ArrayList<>();
    new EqualTexts(sorted.iterator(), 1).forEachRemaining(row -> marked.add(row.mkString(" ")));
    assertThat(marked)
        .containsExactly(
            "e same-pair null",
            "d same-text null",
            "b repeated null",
            "c same-text null",
            "b first 7",
            "a first 9");
  }

  @Test
  void groupsAreTheSameOnDriverAndCluster() throws IOException {
    List<Row> edges = new ArrayList<>();
    List<Integer> outsideIn = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      outsideIn.add(i);
      outsideIn.add(119 - i);
    }
    chain(edges, "up", IntStream.range(0, 120).boxed().toList());
    chain(edges, "down", IntStream.range(0, 120).mapToObj(i -> 119 - i).toList());
    // The order in which labels that pass from neighbour to neighbour travel longest.
    chain(edges, "late", IntStream.range(0, 120).mapToObj(i -> (120 - i) % 120).toList());
    chain(edges, "outside", outsideIn);
    chain(edges, "drawn", IntStream.range(0, 120).mapToObj(i -> i * 77 % 120).toList());
    chain(edges, "circle", IntStream.rangeClosed(0, 120).mapToObj(i -> i * 49 % 120).toList());
    for (int i = 1; i < 60; i++) {
      edges.add(edge("first star", 0, i));
      edges.add(edge("last star", 60, i));
      edges.add(edge("tree", (i - 1) / 2, i));
      edges.add(edge("pair" + i, i, 0));
    }
    edges.add(edge("self", 1, 1));
    edges.add(edge("twice", 1, 2));
    edges.add(edge("twice", 2, 1));
    // Graphs of 2 to 41 ids from sparse to dense.
    for (int graph = 0; graph < 200; graph++) {
      int ids = 2 + graph % 40;
      for (int i = 0; i < ids * (1 + graph / 50) / 2; i++) {
        long drawn = PairId.mix(1000L * graph + i);
        edges.add(
            edge("graph" + graph, (int) (drawn >>> 40) % ids, (int) (drawn & 0xFFFFFF) % ids));
      }
    }
    assertThat(onCluster(edges, 3, 12))
        .isEqualTo(sorted(ConnectedGroups.onDriver(TestSpark.local(), frame(edges))))
        .isEqualTo(onCluster(edges, 1, 12))
        .contains("late119 late000", "last star060 last star001", "self001 self001");
  }

  @Test
  void groupsThatDoNotEndAreAnError() {
    List<Row> edges = new ArrayList<>();
    chain(edges, "c", IntStream.range(0, 120).mapToObj(i -> (120 - i) % 120).toList());
    assertThatThrownBy(() -> onCluster(edges, 1, 2))
        .isInstanceOf(ContractException.class)
        .hasMessageContaining("after 2 rounds")
        .hasMessageContaining("dedup.driver-edges");
  }

  private List<String> onCluster(List<Row> edges, int partitions, int maxRounds)
      throws IOException {
    org.apache.hadoop.fs.Path scratch =
        new org.apache.hadoop.fs.Path(folder.resolve("links" + partitions).toUri());
    return sorted(
        ConnectedGroups.onCluster(frame(edges).repartition(partitions), scratch, maxRounds));
  }

  private static void chain(List<Row> edges, String name, List<Integer> order) {
    for (int i = 1; i < order.size(); i++) {
      edges.add(edge(name, order.get(i - 1), order.get(i)));
    }
  }

  private static Row edge(String name, int one, int other) {
    return RowFactory.create(
        String.format("%s%03d", name, one), String.format("%s%03d", name, other));
  }

  private static Dataset<Row> frame(List<Row> edges) {
    return TestSpark.local()
        .createDataFrame(
            edges, new StructType().add("a", DataTypes.StringType).add("b", DataTypes.StringType));
  }

  private static List<String> sorted(Dataset<Row> groups) {
    return groups.collectAsList().stream()
        .map(row -> row.getString(0) + " " + row.getString(1))
        .sorted()
        .toList();
  }
}
