package io.ccpairs.core.source.reddit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.ForumRecord;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.core.source.reddit.RedditConfig.Comments;
import io.ccpairs.core.source.reddit.RedditRecord.Mark;
import io.ccpairs.core.text.MarkdownText.Quotes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedditRecordsTest {
  private static final Path FIXTURES =
      Path.of(System.getProperty("ccpairs.root"), "test-resources", "reddit");
  private static final RedditConfig DEFAULTS = RedditConfig.defaults();

  private final RedditRecords records = new RedditRecords(DEFAULTS);

  @Test
  void everyRecordOfTheFixturesIsJudged() throws Exception {
    assertThat(verdicts("RS_2006-02.ndjson"))
        .isEqualTo("t3_1a2b KEEP, t3_1a2c KEEP, t3_1a2d REMOVED, t3_1a2e OVER_18, t3_1a2f KEEP");
    assertThat(verdicts("RC_2006-02.ndjson"))
        .isEqualTo(
            "t1_c1 KEEP, t1_c2 KEEP, t1_c3 NOT_TOP_LEVEL, t1_c4 LOW_SCORE, t1_c5 REMOVED, "
                + "t1_c6 KEEP, t1_c7 KEEP, t1_c8 KEEP, t1_c9 KEEP, t1_ca TOO_SHORT");
    assertThat(verdicts("RS_2018-10.ndjson"))
        .isEqualTo("t3_9m1aa KEEP, t3_9m1ab STICKY, t3_9m1ac REMOVED");
    assertThat(verdicts("RC_2018-10.ndjson"))
        .isEqualTo(
            "t1_e7aa1 KEEP, t1_e7aa2 BOT, t1_e7aa3 BOT, t1_e7aa4 NOT_TOP_LEVEL, t1_e7aa5 KEEP, "
                + "t1_e7aa6 TOO_LONG, t1_e7aa7 EMPTY");
    assertThat(verdicts("RS_2023-11.ndjson"))
        .isEqualTo("t3_17xa1 KEEP, t3_17xa2 PROMOTED, t3_17xa3 REMOVED");
    assertThat(verdicts("RC_2023-11.ndjson"))
        .isEqualTo(
            "t1_k9a01 KEEP, t1_k9a02 REMOVED, t1_k9a03 KEEP, t1_k9a04 REMOVED, "
                + "t1_k9a05 NOT_TOP_LEVEL, t1_k9a06 EMPTY");
  }

  @Test
  void aPostOpensTheThreadOfItsName() throws Exception {
    assertThat(judged("RS_2018-10.ndjson").get(0).items())
        .containsExactly(
            new ThreadItem(
                Kind.POST,
                Origin.REDDIT,
                "cycling",
                null,
                "t3_9m1aa",
                true,
                "t3_9m1aa",
                """
                Squeaking disc brakes after rain
                My front brake screams when it is wet.
                I have tried:
                - cleaning the rotor
                - new pads (organic)
                What else? I ride ~20 km a day & it drives me mad.""",
                10,
                1538889892L,
                null,
                false,
                List.of("Maintenance"),
                null,
                PairId.authorKey(Origin.REDDIT, "wetrider")));
  }

  @Test
  void aCommentOnAPostIsAnAnswerInItsThread() throws Exception {
    ThreadItem answer = judged("RC_2018-10.ndjson").get(0).items().get(0);
    assertThat(answer.thread()).isEqualTo("t3_9m1aa");
    assertThat(answer.opens()).isFalse();
    assertThat(answer.id()).isEqualTo("t1_e7aa1");
    assertThat(answer.votes()).isEqualTo(217);
    assertThat(answer.text()).startsWith("Bed the pads in again"); // the quotation is left out
  }

  @Test
  void aReplyAnswersItsParentAndEveryKeptCommentOpensAThread() {
    RedditRecords both = new RedditRecords(with(Comments.REPLIES, 2_048));
    ForumRecord reply = both.judge(comment("Thank you, that did it!", "t1_p", "ann", 2));
    assertThat(reply.kind()).isEqualTo(Kind.COMMENT);
    assertThat(reply.items())
        .extracting(ThreadItem::kind, ThreadItem::thread, ThreadItem::opens, ThreadItem::id)
        .containsExactly(
            tuple(Kind.COMMENT, "t1_p", false, "t1_c1"),
            tuple(Kind.COMMENT, "t1_c1", true, "t1_c1"));
    assertThat(both.judge(comment("Thank you, that did it!", "t3_a", "ann", 0)).verdict())
        .isEqualTo(Verdict.LOW_SCORE);
  }

  @Test
  void theFirstReasonIsGiven() {
    assertThat(verdict(comment("[removed]", "t1_p", "AutoModerator", -5)))
        .isEqualTo(Verdict.REMOVED);
    assertThat(verdict(comment("A long enough text", "t1_p", "automoderator", -5)))
        .isEqualTo(Verdict.BOT);
    assertThat(verdict(comment("A long enough text", "t1_p", "ann", -5)))
        .isEqualTo(Verdict.NOT_TOP_LEVEL);
    assertThat(verdict(comment("x".repeat(5_000), "t3_a", "ann", 0))).isEqualTo(Verdict.LOW_SCORE);
    assertThat(verdict(comment("x".repeat(4_097), "t3_a", "ann", 1))).isEqualTo(Verdict.TOO_LONG);
    assertThat(verdict(comment("x".repeat(4_096), "t3_a", "ann", 1))).isEqualTo(Verdict.KEEP);
    assertThat(verdict(comment("A long enough text", "t3_a", null, null))).isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[deleted]",
        " [removed]\n",
        "[ Removed by Reddit ]",
        "[deleted by user]",
        "[unavailable]",
        "[ Removed by reddit in response to a copyright notice. ]",
        "[Removed]"
      })
  void noticesOfRemovalAreNoText(String notice) {
    assertThat(verdict(comment(notice, "t3_a", "ann", 1))).isEqualTo(Verdict.REMOVED);
    assertThat(verdict(post("A good title", notice, Set.of()))).isEqualTo(Verdict.REMOVED);
    assertThat(verdict(post(notice, "", Set.of()))).isEqualTo(Verdict.REMOVED);
  }

  @Test
  void ofARemovedPollTheLinkIsNoText() {
    String poll = "\n\n[View Poll](https://www.reddit.com/poll/a1)";
    assertThat(verdict(post("Which one?", "[removed]" + poll, Set.of())))
        .isEqualTo(Verdict.REMOVED);
    assertThat(verdict(post("Which one?", "[deleted]" + poll, Set.of())))
        .isEqualTo(Verdict.REMOVED);
    assertThat(records.judge(post("Which one?", "[see here]" + poll, Set.of())).items())
        .extracting(ThreadItem::text)
        .containsExactly("Which one?\n[see here]");
  }

  @Test
  void aCommentThatIsAPictureIsEmpty() {
    assertThat(verdict(comment("*Processing img vec09f2fmtxc1...*", "t3_a", "ann", 1)))
        .isEqualTo(Verdict.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[deleted] scenes are the best", "[removed](http://x.org/y)", "[sic] ok"})
  void wordsOfRemovalInATextAreText(String body) {
    assertThat(verdict(comment(body + ", is it not", "t3_a", "ann", 1))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void aDeletedAccountIsNoReasonWhereTheTextIsThere() {
    assertThat(verdict(comment("The text is still here", "t3_a", null, 1))).isEqualTo(Verdict.KEEP);
    assertThat(verdict(comment(" ", "t3_a", null, 1))).isEqualTo(Verdict.REMOVED);
    assertThat(verdict(comment(" ", "t3_a", "ann", 1))).isEqualTo(Verdict.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RemindMeBot", "GIF_bot", "x-BOT", "haikubot-1092", "AUTOMODERATOR", "Web3Bot"})
  void namesOfBots(String author) {
    assertThat(verdict(comment("A long enough text", "t3_a", author, 1))).isEqualTo(Verdict.BOT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abbot",
        "MrRobot",
        "talbot",
        "Bot",
        "bot",
        "definitely_not_a_bot",
        "NotABot",
        "im-not-bot",
        "botanist",
        "turbot",
        "TheAbbot"
      })
  void namesOfPeople(String author) {
    assertThat(verdict(comment("A long enough text", "t3_a", author, 1))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void switchesKeepWhatTheySay() {
    RedditConfig open =
        new RedditConfig(
            Comments.TOP_LEVEL,
            -100,
            10_000,
            1,
            1,
            100,
            Quotes.KEEP,
            List.of(),
            false,
            false,
            false);
    RedditRecords all = new RedditRecords(open);
    assertThat(all.judge(post("Title", "", Set.of(Mark.OVER_18, Mark.STICKIED))).verdict())
        .isEqualTo(Verdict.KEEP);
    assertThat(all.judge(comment("> q", "t3_a", "AutoModerator", -50)).items().get(0).text())
        .isEqualTo("q");
  }

  @Test
  void aLongQueryIsCutBetweenTwoWords() {
    RedditRecords cutting = new RedditRecords(with(Comments.TOP_LEVEL, 20));
    assertThat(
            cutting.judge(post("One two three", "four five six", Set.of())).items().get(0).text())
        .isEqualTo("One two three\nfour");
  }

  @Test
  void droppedRowsShowTheStartOfTheirText() {
    ForumRecord dropped = records.judge(comment("word ".repeat(900), "t3_a", "ann", 1));
    assertThat(dropped.verdict()).isEqualTo(Verdict.TOO_LONG);
    assertThat(dropped.items()).isEmpty();
    assertThat(dropped.text()).startsWith("word word").hasSizeLessThanOrEqualTo(300);
  }

  @Test
  void aBlankLineIsNoRecord() throws Exception {
    assertThat(records.judge(" \t\r".getBytes(UTF_8), 0, 3)).isNull();
    assertThat(records.judge("{}".getBytes(UTF_8), 0, 0)).isNull();
    assertThatThrownBy(() -> records.judge("{}".getBytes(UTF_8), 0, 1))
        .hasMessageContaining("Half");
  }

  @Test
  void aPostOfManyMegabytesCostsNoMoreThanTheLongestThatRedditTakes() {
    ForumRecord judged =
        records.judge(post("[".repeat(50_000_000), "*a ".repeat(20_000_000), Set.of()));
    assertThat(judged.items().get(0).text()).hasSize(2_000);
  }

  @Test
  void settingsOutOfRangeAreRefusedByName() {
    assertThatThrownBy(() -> with(Comments.TOP_LEVEL, 0))
        .hasMessageContaining("max-query-chars = 0");
  }

  private static RedditConfig with(Comments comments, int maxQueryChars) {
    return new RedditConfig(
        comments,
        DEFAULTS.minCommentScore(),
        DEFAULTS.maxCommentChars(),
        DEFAULTS.minCommentChars(),
        DEFAULTS.minQueryChars(),
        maxQueryChars,
        DEFAULTS.quotes(),
        DEFAULTS.bots(),
        DEFAULTS.botNames(),
        DEFAULTS.dropOver18(),
        DEFAULTS.dropSticky());
  }

  private static RedditRecord comment(
      String body, String parent, @Nullable String author, @Nullable Integer score) {
    return new RedditRecord(
        Kind.COMMENT, "t1_c1", author, "test", "", body, "t3_a", parent, score, 1L, null, Set.of());
  }

  private static RedditRecord post(String title, String text, Set<Mark> marks) {
    return new RedditRecord(
        Kind.POST, "t3_a", "ann", "test", title, text, "", "", 1, 1L, null, marks);
  }

  private Verdict verdict(RedditRecord record) {
    return records.judge(record).verdict();
  }

  private List<ForumRecord> judged(String file) throws Exception {
    List<ForumRecord> judged = new ArrayList<>();
    for (String line : Files.readAllLines(FIXTURES.resolve(file), UTF_8)) {
      byte[] bytes = line.getBytes(UTF_8);
      judged.add(Objects.requireNonNull(records.judge(bytes, 0, bytes.length)));
    }
    return judged;
  }

  private String verdicts(String file) throws Exception {
    return judged(file).stream()
        .map(record -> record.id() + " " + record.verdict())
        .collect(Collectors.joining(", "));
  }
}
