package io.ccpairs.core.source.wikipedia;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.MalformedRecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WikipediaPairsTest {
  private static final Path FIXTURE =
      Path.of(
          System.getProperty("ccpairs.root", ".."),
          "test-resources/wikipedia/enwiki-every-construct.xml");

  private static List<WikiPage> pages() throws IOException, MalformedRecordException {
    List<WikiPage> pages = new ArrayList<>();
    for (String record : Files.readString(FIXTURE).split("</page>")) {
      WikiPage page = parse(record);
      if (page != null) {
        pages.add(page);
      }
    }
    return pages;
  }

  private static @org.jspecify.annotations.Nullable WikiPage parse(String record)
      throws MalformedRecordException {
    byte[] bytes = ("xx" + record + "yy").getBytes(UTF_8);
    return new WikiPageParser().parse(bytes, 2, bytes.length - 4);
  }

  private static List<Judged> judge(WikiPage page) {
    return new WikipediaPairs(WikipediaConfig.defaults(), WikiNames.of("enwiki-x.xml")).judge(page);
  }

  @Test
  void everyPageGetsItsVerdict() throws Exception {
    assertThat(pages())
        .extracting(page -> page.title() + " " + judge(page).get(0).verdict())
        .containsExactly(
            "Apple KEEP",
            "Apples REDIRECT",
            "Talk:Apple NOT_AN_ARTICLE",
            "Apple (disambiguation) DISAMBIGUATION",
            "Broken markup KEEP",
            "Empty EMPTY");
  }

  @Test
  void leadAndSectionsBecomePairsWithoutATraceOfMarkup() throws Exception {
    List<Judged> judged = judge(pages().get(0));

    assertThat(judged.stream().map(one -> one.verdict().toString()))
        .containsExactly("KEEP", "KEEP", "KEEP", "KEEP", "NOT_PROSE", "NOT_PROSE");
    TextPair lead = Objects.requireNonNull(judged.get(1).pair());
    assertThat(lead.query()).isEqualTo("Apple");
    assertThat(lead.passage())
        .isEqualTo("An apple is a round, edible fruit of an apple tree. It weighs 150 g.");
    assertThat(lead.createdAt()).isEqualTo(1_704_164_645L);
    assertThat(lead.queryKey()).isEqualTo("enwiki:1");
    TextPair uses = Objects.requireNonNull(judged.get(2).pair());
    assertThat(uses.query()).isEqualTo("Apple: Uses");
    assertThat(uses.passage())
        .isEqualTo(
            "Apples are eaten raw, baked, or pressed into cider, see the cider page.\n- raw\n- baked in pies");
    TextPair kitchen = Objects.requireNonNull(judged.get(3).pair());
    assertThat(kitchen.query()).isEqualTo("Apple: Uses > In the kitchen");
    assertThat(kitchen.passage()).startsWith("Cooks use tarte Tatin, in which");
    assertThat(List.of(lead.id(), uses.id(), kitchen.id())).doesNotHaveDuplicates();
  }

  @Test
  void brokenMarkupCostsNoText() throws Exception {
    List<Judged> judged = judge(pages().get(4));
    assertThat(Objects.requireNonNull(judged.get(1).pair()).passage())
        .isEqualTo(
            "This lead opens a template that never ends and yet its words are not lost to the reader.");
    assertThat(Objects.requireNonNull(judged.get(2).pair()).passage())
        .isEqualTo(
            "The section behind the broken one stands unharmed, with a link that never ends, and bold that never ends.");
  }

  @Test
  void barePagesAndOldDumpsWithoutNamespacesAreRead() throws Exception {
    WikiPage page =
        Objects.requireNonNull(
            parse("<page><title>Talk:A</title><id>3</id><revision><text>x</text></revision>"));
    assertThat(page.namespace()).isNotZero();
    assertThat(
            Objects.requireNonNull(
                    parse("<page><title>A: B</title><id>3</id><revision><text>x</text></revision>"))
                .namespace())
        .isZero();
  }

  @Test
  void ofSeveralRevisionsTheLastCounts() throws Exception {
    WikiPage page =
        Objects.requireNonNull(
            parse(
                "<page><title>A</title><ns>0</ns><id>3</id><revision><id>1</id><text>old</text></revision>"
                    + "<revision><id>2</id><text>new</text></revision>"));
    assertThat(page.text()).isEqualTo("new");
    assertThat(page.id()).isEqualTo(3);
  }

  @Test
  void ofSeveralSlotsTheMainOneCounts() throws Exception {
    WikiPage page =
        Objects.requireNonNull(
            parse(
                "<page><title>A</title><ns>0</ns><id>3</id><revision><id>1</id><text>main</text>"
                    + "<content><role>other</role><text>{}</text></content></revision>"));
    assertThat(page.text()).isEqualTo("main");
  }

  @Test
  void titlesSayThatAPageListsMeanings() {
    for (String title : List.of("Kamm (Begriffsklärung)", "عين (توضيح)", "कमल (बहुविकल्पी)")) {
      assertThat(judge(new WikiPage(1, title, 0, null, null, "x")).get(0).verdict())
          .as(title)
          .isEqualTo(Verdict.DISAMBIGUATION);
    }
    assertThat(judge(new WikiPage(1, "Word (grammar)", 0, null, null, "x")).get(0).verdict())
        .isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Explanatory notes",
        "Einzelnachweise und Anmerkungen",
        "หมายเหตุ",
        "ביאורים",
        "ملاحظات"
      })
  void notesAreNoProse(String heading) {
    String text = "== " + heading + " ==\n" + "A note that would be long enough. ".repeat(3);
    assertThat(judge(new WikiPage(1, "A", 0, null, null, text)).get(2).verdict())
        .isEqualTo(Verdict.NOT_PROSE);
  }

  @Test
  void redirectsAreKnownByTheirWordInOldDumps() {
    for (String text :
        List.of("#REDIRECT [[B]]", "#перенаправление [[Б]]", "#転送 [[東京]]", " #redirect: [[B]]")) {
      assertThat(judge(new WikiPage(1, "A", 0, null, null, text)).get(0).verdict())
          .as(text)
          .isEqualTo(Verdict.REDIRECT);
    }
    assertThat(judge(new WikiPage(1, "A", 0, null, null, "# one\n# two [[B]]")).get(0).verdict())
        .isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "<!DOCTYPE x [<!ENTITY lol SYSTEM \"file:///etc/passwd\">]><page><title>&lol;</title>¦a document type or entity is declared; none is read",
        "<page><title>&lol;</title><id>1</id>¦an entity that XML does not predefine is used",
        "<page><title>A</title><id>1</id><revision><text>half a te¦the text does not end",
        "<page><title>A</title><id>1</id><revision><text>a <b> c</text>¦a tag stands in the text",
        "<page><id>1</id>¦the page has no title",
        "<page><title>A</title>¦the page has no id",
        "no page at all¦no page begins in the record",
        "<?xml version=\"1.0\"?><posts><row/></posts>¦no page begins in the record",
        "<page><title>A</title><ns>4294967296</ns><id>1</id></page>¦a namespace is out of range",
      })
  void whatIsNoWholePageIsABadRecordWithAReason(String record, String reason) {
    assertThatThrownBy(() -> parse(record))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "enwiki-latest-pages-articles1.xml-p10p30302.bz2, enwiki, en",
    "/d/ltgwiki-latest-pages-articles.xml.bz2, ltgwiki, ltg",
    "zh_min_nanwiki-20240101-pages-articles.xml.bz2, zh_min_nanwiki, zh-min-nan",
    "enwiktionary-pages-articles-sample.xml.bz2, enwiktionary, en",
    "minidumps/de.xml.bz2, dewiki, de",
    "simple.xml.bz2, simplewiki, en",
    "simplewiki-20250101-pages-articles.xml.bz2, simplewiki, en",
    "be-x-old.xml.bz2, be_x_oldwiki, be-x-old",
    "sh.xml.bz2, shwiki, sh",
    "azb.xml.bz2, azbwiki, azb",
    "zh-yue.xml.bz2, zh_yuewiki, zh-yue",
    "knwiki-20180614-id1.xml.gz, knwiki, kn",
    "dump.xml, unknown, ",
    "all.xml.bz2, unknown, ",
    "out-2.xml, unknown, ",
    "my-dump.xml.bz2, unknown, ",
    "de-2.xml, dewiki, de",
    "de_20250101.xml, dewiki, de",
  })
  void aFilesNameTellsWikiAndLanguage(String path, String wiki, String language) {
    assertThat(WikiNames.of(path)).isEqualTo(new WikiNames(wiki, language));
  }

  @Test
  void aHeaderTellsThemWhereTheNameDoesNot() throws IOException {
    byte[] header = Files.readAllBytes(FIXTURE);
    assertThat(WikiNames.ofHeader(header, 0, header.length))
        .isEqualTo(new WikiNames("testwiki", "en"));
  }
}
