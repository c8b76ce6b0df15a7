package io.ccpairs.core.source.stackexchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.ForumRecord;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.core.source.ThreadPairs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StackExchangeRecordsTest {
  private static final Path FIXTURE =
      Path.of(System.getProperty("ccpairs.root", ".."), "test-resources/stackexchange/Posts.xml");

  private final StackExchangeRecords records =
      new StackExchangeRecords(
          StackExchangeConfig.defaults(), "dumps/ai.stackexchange.com/Posts.xml");

  private ForumRecord judge(String line) throws MalformedRecordException {
    byte[] bytes = ("xx" + line + "yy").getBytes(UTF_8);
    return Objects.requireNonNull(records.judge(bytes, 2, bytes.length - 4));
  }

  @Test
  void theFixtureGivesOneAcceptedAnswerAndAReasonForEveryOtherRow() throws IOException {
    List<ThreadItem> items = new ArrayList<>();
    List<String> verdicts = new ArrayList<>();
    for (String line : Files.readAllLines(FIXTURE)) {
      try {
        byte[] bytes = line.getBytes(UTF_8);
        ForumRecord record = records.judge(bytes, 0, bytes.length);
        if (record != null && record.verdict().kept()) {
          items.addAll(record.items());
        } else if (record != null) {
          verdicts.add(record.kind() + " " + record.verdict());
        }
      } catch (MalformedRecordException e) {
        verdicts.add("! " + e.getMessage());
      }
    }
    assertThat(verdicts)
        .containsExactly("ANSWER LOW_SCORE", "OTHER NOT_A_POST", "! an attribute does not end");

    items.sort(
        Comparator.comparing(ThreadItem::thread)
            .thenComparing(item -> !item.opens())
            .thenComparing(ThreadItem::id)
            .thenComparing(ThreadItem::text));
    List<Judged> judged = new ArrayList<>();
    new ThreadPairs(items.iterator()).forEachRemaining(judged::add);

    assertThat(judged)
        .extracting(one -> one.kind() + " " + one.verdict() + " " + one.sourceId())
        .containsExactlyInAnyOrder(
            "QUESTION KEEP ai.stackexchange.com/1",
            "ANSWER KEEP ai.stackexchange.com/3",
            "ANSWER DUPLICATE_RECORD ai.stackexchange.com/3",
            "ANSWER ORPHAN ai.stackexchange.com/4",
            "QUESTION UNANSWERED ai.stackexchange.com/6");
    TextPair pair = Objects.requireNonNull(judged.get(0).pair());
    assertThat(pair.query())
        .isEqualTo("What is \"backprop\"?\nWhat does backprop mean, and is a < b right?");
    assertThat(pair.passage())
        .isEqualTo(
            "It means backward propagation of errors.\n- first the forward pass\n- then the backward pass\n"
                + "for x in data:\n    step(x)");
    assertThat(pair.accepted()).isTrue();
    assertThat(pair.tags()).containsExactly("neural-networks", "definitions");
    assertThat(pair.licence()).isEqualTo("CC BY-SA 2.5");
    assertThat(pair.votes()).isEqualTo(14);
    assertThat(pair.createdAt()).isEqualTo(1_293_840_000L);
    assertThat(pair.subset()).isEqualTo("ai.stackexchange.com");
    assertThat(pair.lang()).isEqualTo("en");
  }

  @Test
  void linesAroundTheRowsAreNoRecords() throws MalformedRecordException {
    for (String line :
        List.of(
            "<?xml version=\"1.0\"?>",
            "<?xml version=\"1.0\"?><posts>",
            "<posts>",
            "</posts>",
            "  ",
            "")) {
      byte[] bytes = line.getBytes(UTF_8);
      assertThat(records.judge(bytes, 0, bytes.length)).as(line).isNull();
    }
  }

  @Test
  void aDroppedAnswerIsShownWithoutTheTagThatTheCutBreaks() throws MalformedRecordException {
    String body = "a".repeat(990) + " &lt;a href=&quot;http://b.c/d&quot;&gt;e&lt;/a&gt;";
    assertThat(
            judge(
                    "<row Id=\"1\" PostTypeId=\"2\" ParentId=\"1\" Score=\"-1\" Body=\""
                        + body
                        + "\" />")
                .text())
        .isEqualTo("a".repeat(990));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "<!DOCTYPE lolz [<!ENTITY lol \"lol\">]>¦a document type or entity is declared; none is read",
        "<row Id=\"1\" PostTypeId=\"1\" Body=\"&lol;\" />¦an entity that XML does not predefine is used",
        "<row Id=\"1\" PostTypeId=\"1\" Body=\"&amp\" />¦an ampersand begins no entity",
        "<row Id=\"1\" PostTypeId=\"1\" Body=\"a < b\" />¦a tag begins inside a text",
        "<row Id=\"1\" PostTypeId=\"1\" Id=\"2\" />¦an attribute is given twice",
        "<row Id=\"1\" PostTypeId=\"1\"¦the row does not end",
        "<row Id=\"1\" PostTypeId=\"1\" /> <row Id=\"2\" />¦something follows the row on its line",
        "<row Id=\"one\" PostTypeId=\"1\" />¦Id is no number",
        "<row PostTypeId=\"1\" />¦the row has no Id",
        "<row Id=\"1\" />¦the row has no PostTypeId",
        "<row Id=\"1\" PostTypeId=\"2\" Score=\"5\" Body=\"x\" />¦the answer names no question",
        "<row Id=\"1\" PostTypeId=\"1\" CreationDate=\"yesterday\" />¦a time cannot be read",
        "{\"id\": 1}¦the line is no <row>",
        "<?xml version=\"1.0\"?><posts><row Id=\"1\" PostTypeId=\"1\" /></posts>¦rows follow on one line; each must have its own",
        "<posts> <row Id=\"1\" PostTypeId=\"1\" />¦rows follow on one line; each must have its own",
      })
  void whatIsNoWholeRowIsABadRecordWithAReason(String line, String reason) {
    assertThatThrownBy(() -> judge(line))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage(reason);
  }

  @Test
  void forbiddenCharactersAndBrokenBytesDoNotStopARow() throws MalformedRecordException {
    ForumRecord record =
        judge(
            "<row Id=\"1\" PostTypeId=\"1\" Title=\"a&#0;b&#xD800;c\u0000d\" Body=\"x&#13;&#10;y\" />");
    assertThat(record.items().get(0).text()).isEqualTo("a\uFFFDb\uFFFDcd\nx y");

    byte[] bytes = "<row Id=\"1\" PostTypeId=\"1\" Title=\"a?b\" />".getBytes(UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == '?' ? (byte) 0xC3 : bytes[i];
    }
    ForumRecord broken = Objects.requireNonNull(records.judge(bytes, 0, bytes.length));
    assertThat(broken.items().get(0).text()).isEqualTo("a\uFFFDb");
  }

  @Test
  void anAttributeOfFiftyMegabytesIsJustALongOne() throws MalformedRecordException {
    String body = "word ".repeat(10_000_000);
    ForumRecord record =
        judge("<row Id=\"1\" PostTypeId=\"2\" ParentId=\"1\" Score=\"5\" Body=\"" + body + "\" />");
    assertThat(record.kind()).isEqualTo(Kind.ANSWER);
    assertThat(record.verdict()).isEqualTo(Verdict.TOO_LONG);
    assertThat(record.text().length()).isLessThan(1_000);
  }

  @Test
  void theNoticeOfARepetitionIsNoPartOfTheQuestion() throws MalformedRecordException {
    String quote = "&lt;blockquote&gt;&#xA;  &lt;p&gt;%s&lt;/p&gt;&#xA;&lt;/blockquote&gt;";
    String row =
        "<row Id=\"1\" PostTypeId=\"1\" Title=\"Why?\" Body=\"%s&#xA;&lt;p&gt;Mine&lt;/p&gt;\" />";
    String notice =
        "&lt;strong&gt;Possible Duplicate:&lt;/strong&gt;&lt;br&gt;&#xA;  &lt;a href=&quot;/q/2&quot;&gt;Another&lt;/a&gt;";
    assertThat(judge(row.formatted(quote.formatted(notice))).items().get(0).text())
        .isEqualTo("Why?\nMine");
    assertThat(judge(row.formatted(quote.formatted("Quoted"))).items().get(0).text())
        .isEqualTo("Why?\nQuoted\nMine");
  }

  @ParameterizedTest
  @CsvSource({
    "19, TOO_SHORT",
    "20, KEEP",
    "10000, KEEP",
    "10001, TOO_LONG",
  })
  void lengthsDecide(int chars, Verdict verdict) throws MalformedRecordException {
    String body = "a".repeat(chars);
    assertThat(
            judge(
                    "<row Id=\"1\" PostTypeId=\"2\" ParentId=\"1\" Score=\"5\" Body=\""
                        + body
                        + "\" />")
                .verdict())
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "dumps/ai.stackexchange.com.7z, ai.stackexchange.com, en",
    "stackoverflow.com-Posts.7z, stackoverflow.com, en",
    "matheducators.stackexchange.com/Posts.xml.bz2, matheducators.stackexchange.com, en",
    "pt.stackoverflow.com.7z, pt.stackoverflow.com, pt",
    "french.meta.stackexchange.com.7z, french.meta.stackexchange.com, ",
    "stackoverflow.com-Posts/Posts.xml, stackoverflow.com, en",
    "ru.stackoverflow.com-posts/Posts.xml.gz, ru.stackoverflow.com, ru",
    "ru.meta.stackoverflow.com.7z, ru.meta.stackoverflow.com, ru",
    "meta.ru.stackoverflow.com.7z, meta.ru.stackoverflow.com, ru",
    "meta.stackexchange.com.7z, meta.stackexchange.com, en",
    "meta.askubuntu.com/Posts.xml, meta.askubuntu.com, en",
    "mathoverflow.net.7z, mathoverflow.net, en",
    "tmp/Posts.xml, tmp, ",
    "Posts.xml, unknown, ",
    "french/Posts.xml, french, ",
    "notstackoverflow.com/Posts.xml, notstackoverflow.com, ",
  })
  void thePathTellsTheSite(String path, String site, String language) {
    assertThat(SiteNames.site(path)).isEqualTo(site);
    assertThat(SiteNames.language(site)).isEqualTo(language);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1970-01-01T00:00:00Z",
        "2000-02-29T23:59:59.123",
        "2024-12-31T12:00:00Z",
        "1969-12-31T23:59:59Z"
      })
  void timesEqualTheCalendars(String time) throws MalformedRecordException {
    String instant = time.substring(0, 19) + "Z";
    assertThat(io.ccpairs.core.source.DumpTime.epochSeconds(time))
        .isEqualTo(java.time.Instant.parse(instant).getEpochSecond());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2020-99-99T99:99:99",
        "2020-00-10T00:00:00",
        "2020-13-10T00:00:00",
        "2020-04-31T00:00:00",
        "2020-01-00T00:00:00",
        "1900-02-29T00:00:00",
        "2021-02-29T00:00:00",
        "2020-02-20T24:00:00",
        "2020-02-20T23:60:00",
        "2020-02-20T23:59:60"
      })
  void timesThatNoCalendarHasAreMalformed(String time) {
    assertThatThrownBy(() -> io.ccpairs.core.source.DumpTime.epochSeconds(time))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("is none of the");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PostTypeId=\"4294967297\"", "PostTypeId=\"1\" Score=\"-4294967291\""})
  void numbersThatWouldWrapAreMalformed(String attributes) {
    assertThatThrownBy(() -> judge("<row Id=\"7\" " + attributes + " />"))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("beyond all that is known");
  }
}
