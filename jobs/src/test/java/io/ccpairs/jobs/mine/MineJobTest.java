package io.ccpairs.jobs.mine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.reddit.RedditConfig;
import io.ccpairs.core.source.stackexchange.StackExchangeConfig;
import io.ccpairs.core.source.wikipedia.WikipediaConfig;
import io.ccpairs.jobs.Dumps;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.dedup.DedupConfig;
import io.ccpairs.jobs.dedup.DedupJob;
import io.ccpairs.jobs.inspect.Inspection;
import io.ccpairs.jobs.report.FunnelTable;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.OptOutList;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MineJobTest {
  @TempDir Path folder;

  private static MineConfig mine(int partitions, Dropped dropped) {
    MineConfig d = MineConfig.defaults();
    return new MineConfig(
        d.seed(),
        d.droppedSample(),
        dropped,
        d.badRecords(),
        0.2,
        d.splitBytes(),
        partitions,
        d.maxRecordBytes());
  }

  private Stage.Result run(
      SparkSession spark, MineConfig mine, RedditConfig reddit, Map<Origin, List<String>> places)
      throws IOException {
    MineJob.Config config =
        new MineJob.Config(
            mine, WikipediaConfig.defaults(), StackExchangeConfig.defaults(), reddit);
    var hadoop = spark.sparkContext().hadoopConfiguration();
    Path out = Files.createTempDirectory(folder, "work");
    return new MineJob(spark.sparkContext(), config, OptOutList.NONE)
        .run(
            Inputs.find(places, hadoop),
            Workspace.at(out.toString(), hadoop),
            "a",
            OnExisting.SKIP,
            new TreeMap<>());
  }

  private Stage.Result run(SparkSession spark, int partitions, Map<Origin, List<String>> places)
      throws IOException {
    return run(spark, mine(partitions, Dropped.SAMPLE), RedditConfig.defaults(), places);
  }

  private static Map<Origin, List<String>> fixtures() {
    Map<Origin, List<String>> places = new EnumMap<>(Origin.class);
    places.put(Origin.REDDIT, List.of(Dumps.fixture("reddit")));
    places.put(Origin.STACKEXCHANGE, List.of(Dumps.fixture("stackexchange")));
    places.put(Origin.WIKIPEDIA, List.of(Dumps.fixture("wikipedia")));
    return places;
  }

  private static Map<Origin, List<String>> real() {
    Map<Origin, List<String>> places = new EnumMap<>(Origin.class);
    places.put(Origin.REDDIT, List.of(Dumps.real("reddit")));
    places.put(Origin.STACKEXCHANGE, List.of(Dumps.real("stackexchange")));
    places.put(Origin.WIKIPEDIA, List.of(Dumps.real("wikipedia")));
    return places;
  }

  private static List<String> rows(SparkSession spark, Stage.Result result) {
    List<String> rows = new ArrayList<>();
    for (Origin origin :
        result.run().manifest().rows().keySet().stream().map(Origin::of).toList()) {
      spark
          .read()
          .schema(PairRows.SCHEMA)
          .parquet(result.run().data() + "/origin=" + origin.word())
          .toJSON()
          .collectAsList()
          .forEach(rows::add);
    }
    rows.sort(null);
    return rows;
  }

  @Test
  void theFixturesGiveTheirPairsAndEveryRecordIsAccountedFor() throws IOException {
    SparkSession spark = TestSpark.local();
    Stage.Result result = run(spark, 0, fixtures());
    Funnel funnel = result.funnel();

    assertThat(funnel.kept(Origin.STACKEXCHANGE, Kind.ANSWER)).isEqualTo(1);
    assertThat(funnel.dropped(Origin.STACKEXCHANGE, Kind.ANSWER))
        .isEqualTo(Map.of(Verdict.LOW_SCORE, 1L, Verdict.ORPHAN, 1L, Verdict.DUPLICATE_RECORD, 1L));
    assertThat(funnel.dropped(Origin.STACKEXCHANGE, Kind.OTHER))
        .isEqualTo(Map.of(Verdict.NOT_A_POST, 1L, Verdict.BAD_RECORD, 1L));
    assertThat(funnel.kept(Origin.WIKIPEDIA, Kind.PAGE)).isEqualTo(2);
    assertThat(funnel.kept(Origin.WIKIPEDIA, Kind.SECTION)).isEqualTo(5);
    assertThat(funnel.kept(Origin.REDDIT, Kind.COMMENT)).isPositive();

    List<Row> bad =
        new Inspection(spark, result.run())
            .sample(Inspection.Rows.BAD, Optional.empty(), 10, 1)
            .collectAsList();
    assertThat(bad).hasSizeGreaterThanOrEqualTo(1);
    assertThat(bad.toString())
        .contains("Posts.xml")
        .contains("byte ")
        .contains("an attribute does not end");
  }

  @Test
  void theSameRowsComeOutOfAnyNumberOfPartitions() throws IOException {
    SparkSession spark = TestSpark.local();
    Stage.Result one = run(spark, 1, fixtures());
    List<String> rows = rows(spark, one);
    List<String> dropped = dropped(spark, one);
    assertThat(rows).isNotEmpty();
    for (int partitions : new int[] {2, 7}) {
      Stage.Result other = run(spark, partitions, fixtures());
      assertThat(rows(spark, other)).as("%d partitions", partitions).isEqualTo(rows);
      assertThat(dropped(spark, other)).as("dropped, %d partitions", partitions).isEqualTo(dropped);
      assertThat(other.run().manifest().idSum()).isEqualTo(one.run().manifest().idSum());
    }
  }

  private static List<String> dropped(SparkSession spark, Stage.Result result) throws IOException {
    List<String> rows =
        new ArrayList<>(
            new Inspection(spark, result.run())
                .sample(Inspection.Rows.DROPPED, Optional.empty(), 100_000, 1)
                .toJSON()
                .collectAsList());
    rows.sort(null);
    return rows;
  }

  @Test
  void allDroppedRowsAreWrittenOnRequestAndTheKeptStayTheSame() throws IOException {
    SparkSession spark = TestSpark.local();
    Stage.Result sampled = run(spark, 0, fixtures());
    Stage.Result all = run(spark, mine(0, Dropped.ALL), RedditConfig.defaults(), fixtures());

    assertThat(rows(spark, all)).isEqualTo(rows(spark, sampled));
    long dropped = 0;
    for (Origin origin : Origin.values()) {
      for (Kind kind : Kind.values()) {
        for (Map.Entry<Verdict, Long> reason : all.funnel().dropped(origin, kind).entrySet()) {
          dropped += reason.getKey() == Verdict.BAD_RECORD ? 0 : reason.getValue();
        }
      }
    }
    assertThat(dropped(spark, all)).hasSize((int) dropped);
  }

  @Test
  void aPageInTwoDumpsGivesItsPairsTwiceUnderOneIdAndDedupKeepsThemOnce() throws IOException {
    SparkSession spark = TestSpark.local();
    Path dump = Path.of(Dumps.fixture("wikipedia/enwiki-every-construct.xml"));
    for (String month : List.of("may", "june")) {
      Files.copy(dump, Files.createDirectory(folder.resolve(month)).resolve(dump.getFileName()));
    }
    Stage.Result once =
        run(spark, 0, Map.of(Origin.WIKIPEDIA, List.of(folder.resolve("may").toString())));
    Stage.Result twice =
        run(
            spark,
            0,
            Map.of(
                Origin.WIKIPEDIA,
                List.of(folder.resolve("may").toString(), folder.resolve("june").toString())));
    List<String> rows = rows(spark, once);
    List<String> doubled = new ArrayList<>(rows);
    doubled.addAll(rows);
    doubled.sort(null);
    assertThat(rows(spark, twice)).isEqualTo(doubled);
    assertThat(twice.funnel().in(Origin.WIKIPEDIA, Kind.SECTION))
        .isEqualTo(2 * once.funnel().in(Origin.WIKIPEDIA, Kind.SECTION));

    Path unique = Files.createTempDirectory(folder, "unique");
    Stage.Result deduped =
        new DedupJob(spark, DedupConfig.defaults())
            .run(
                twice.run(),
                Workspace.at(unique.toString(), spark.sparkContext().hadoopConfiguration()),
                "a",
                OnExisting.SKIP,
                new TreeMap<>());
    assertThat(rows(spark, deduped)).isEqualTo(rows);
  }

  @Test
  void repliesAreMinedOnRequestAndStillAddUp() throws IOException {
    RedditConfig d = RedditConfig.defaults();
    RedditConfig replies =
        new RedditConfig(
            RedditConfig.Comments.REPLIES,
            d.minCommentScore(),
            d.maxCommentChars(),
            d.minCommentChars(),
            d.minQueryChars(),
            d.maxQueryChars(),
            d.quotes(),
            d.bots(),
            d.botNames(),
            d.dropOver18(),
            d.dropSticky());
    Map<Origin, List<String>> places = Map.of(Origin.REDDIT, List.of(Dumps.fixture("reddit")));
    SparkSession spark = TestSpark.local();
    Funnel with = run(spark, mine(0, Dropped.SAMPLE), replies, places).funnel();
    Funnel without = run(spark, 0, places).funnel();
    assertThat(with.kept(Origin.REDDIT, Kind.COMMENT))
        .isGreaterThan(without.kept(Origin.REDDIT, Kind.COMMENT));
    assertThat(with.judged(Origin.REDDIT, Kind.COMMENT, Verdict.NOT_TOP_LEVEL)).isZero();
  }

  @Test
  void realDumpsHoldWhatTheirReadmeSays() throws IOException {
    Map<Origin, List<String>> places = real();
    SparkSession spark = TestSpark.local();
    Stage.Result result = run(spark, 0, places);
    Funnel funnel = result.funnel();

    assertThat(funnel.in(Origin.WIKIPEDIA, Kind.PAGE))
        .isEqualTo(206 + 3 + 50 + 2_004 + 1_394 + 87 + 16);
    assertThat(funnel.judged(Origin.WIKIPEDIA, Kind.PAGE, Verdict.BAD_RECORD)).isZero();
    assertThat(funnel.in(Origin.STACKEXCHANGE, Kind.QUESTION)).isEqualTo(421 + 612 + 274 + 397);
    assertThat(funnel.in(Origin.STACKEXCHANGE, Kind.ANSWER)).isEqualTo(749 + 1_060 + 487 + 1_507);
    assertThat(
            funnel.in(Origin.STACKEXCHANGE, Kind.ANSWER)
                - funnel.judged(Origin.STACKEXCHANGE, Kind.ANSWER, Verdict.LOW_SCORE))
        .as("answers with a score above zero")
        .isEqualTo(617 + 980 + 443 + 1_446);
    assertThat(funnel.judged(Origin.STACKEXCHANGE, Kind.ANSWER, Verdict.ORPHAN)).isZero();
    assertThat(funnel.in(Origin.STACKEXCHANGE, Kind.OTHER))
        .isEqualTo(1_279 + 1_986 + 781 + 2_061 - 1_704 - 3_803);
    assertThat(funnel.in(Origin.REDDIT, Kind.POST)).isEqualTo(140 + 416 + 14);
    assertThat(funnel.in(Origin.REDDIT, Kind.COMMENT)).isEqualTo(1_075 + 3_664 + 9_037 + 895);

    Path readme = Path.of(System.getProperty("ccpairs.root", "..")).resolve("README.md");
    assertThat(Files.readString(readme)).contains(FunnelTable.render(funnel).stripTrailing());

    long sections = funnel.kept(Origin.WIKIPEDIA, Kind.SECTION);
    assertThat(
            residue(
                spark,
                result,
                "wikipedia",
                "[{][{]|\\[\\[|\\]\\]|[|]thumb|<ref|&amp;|&lt;|&nbsp;|'''|</?(div|span|small|br|sup|sub|b|i)[ >/]"))
        .as("sections with a trace of markup")
        .isLessThanOrEqualTo(sections / 1_000);
    assertThat(
            residue(
                spark,
                result,
                "stackexchange",
                "&amp;amp;|&lt;p&gt;|</?(p|li|ul|ol|blockquote|strong|em)>"))
        .isLessThanOrEqualTo(funnel.kept(Origin.STACKEXCHANGE, Kind.ANSWER) / 1_000);
    assertThat(residue(spark, result, "reddit", "&amp;|&gt;|&lt;|\\]\\(http|[*][*]\\w")).isZero();
  }

  /**
   * Rows whose text matches a pattern once formulas are taken out: TeX writes braces of its own.
   */
  private static long residue(
      SparkSession spark, Stage.Result result, String origin, String pattern) {
    return spark
        .read()
        .parquet(result.run().data() + "/origin=" + origin)
        .selectExpr("regexp_replace(concat(query, '\n', passage), '[$][^$]*[$]', '') as text")
        .where(org.apache.spark.sql.functions.col("text").rlike(pattern))
        .count();
  }
}
