package io.ccpairs.core.text.wiki;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.PairId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WikiTextTest {
  private static String text(String wikitext) {
    List<Section> sections = WikiText.read(wikitext).sections();
    return sections.get(0).text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "a [[b]] c¦a b c",
        "[[b|c]]s and [[d (e)|]]¦cs and d",
        "[[File:a.jpg|thumb|x [[y]] z]]after¦after",
        "[[Плик:a.svg|міні]]after [[Xyz:b.png]]¦after",
        "[[Fails:a.jpg\u200E|thumb|right|b]]after [[\u200EFile:c]]¦after",
        "The '''ampere''' [{{IPA|x}}] is, LET [{{A1}}] = [{{A2}}], f[] and [ ]¦The ampere is, LET [] = [], f[] and [ ]",
        "text\\n[[Category:A]]\\n[[de:B]]¦text",
        "text\\n[[Kategoreja:Latgolys doba]]¦text",
        "see [[:Category:A|the category]] and [[Star Trek: Voyager]]¦see the category and Star Trek: Voyager",
        "'''bold''' ''italic'' '''''both''''' it's 'q'¦bold italic both it's 'q'",
        "a{{t}}b {{t|x={{u}}|y}}c¦ab c",
        "he was born ({{IPA|x}}, [[1900]]) and ( , ) died (; [[1950]])¦he was born (1900) and died (1950)",
        "a {{lang|fr|mot}} b {{nowrap|c d}} {{convert|5|km|mi}}¦a mot b c d 5 km",
        "from {{m|fr|''mot''}}, {{l|grc|λόγος|λόγοι|t=words}} and {{m|la|verbum||word}}¦from mot, λόγοι and verbum",
        "{{m|12 May}} {{l|Left|right}} a {{m|en}} b {{m|en|}} c¦a b c",
        "10<sup>5</sup> m<sup>−2</sup> 4<sup>th</sup> H<sub>2</sub>O <sup>235</sup>U¦10^5 m^−2 4th H2O 235U",
        "{{ux|ja|犬です|It is a dog.}}¦犬です",
        "x\\n{| class=a\\n| b\\n{|\\n| c\\n|}\\n|}\\ny¦x\\ny",
        "x\\n{| never closed\\n| b\\n! c\\ny¦x\\ny",
        "a<ref>note</ref> b<ref name=x/> c<ref name=\"y\">{{cite}}</ref>.¦a b c.",
        "a<ref>open b <ref>note</ref> c¦aopen b c",
        "a <ref>never closed b¦a never closed b",
        "x<!-- c -->y <!-- open¦xy open",
        "<nowiki>[[a]] {{b}} ''c''</nowiki>¦[[a]] {{b}} ''c''",
        "<code>f(''x'')</code> <syntaxhighlight lang=c>a[[0]] = {{1}};</syntaxhighlight>¦f(x) a[[0]] = {{1}};",
        "E <math>mc^{2}_{{a}}</math>.¦E $mc^{2}_{{a}}$.",
        "<gallery>\\nFile:a.jpg|b\\n</gallery>after¦after",
        "a<br>b<br />c <sup>2</sup><span style=\"x\">d</span></div>¦a\\nb\\nc 2d",
        "1 < 2 and a<b, x <y@z.org>¦1 < 2 and a<b, x <y@z.org>",
        "&nbsp;a&ndash;b &amp;nbsp;c &amp; d &lt;e&gt; &#8211;¦a–b c & d <e> –",
        "__NOTOC____ОГЛАВЛЕНИЕ__text __init__¦text __init__",
        "[http://a.b c d] [http://a.b] [//x y] [not a link]¦c d y [not a link]",
        "* a\\n** b\\n# c\\n: d\\n; e¦- a\\n- b\\n- c\\nd\\ne",
        "----\\ntext¦text",
        "-{zh-hans:计算机;zh-hant:電腦}-和-{A|x}-¦计算机和x",
        "a }} b ]] c {{ d [[ e¦a b c d e",
        "{{{param|default}}} x¦x",
        "{{a|{{b|{{c|}}|}}|}}d¦d",
        "[[File:x.jpg|thumb|{{a|[[b]]}} c]]d¦d",
        "a {{fact|date=2008}} , b .¦a, b.",
        "\u200Ba\u00ADb \uE05B\uE07B¦ab",
        "{{ndash}}a¦–a",
        "Template:x {{#if:a|b|c}} d¦Template:x d",
      })
  void markupLeavesItsWords(String wikitext, String text) {
    assertThat(text(wikitext.replace("\\n", "\n"))).isEqualTo(text.replace("\\n", "\n"));
  }

  @Test
  void headingsMakeAPathOfTitles() {
    List<Section> sections =
        WikiText.read("lead\n== A ==\na\n=== B ''x'' ===\nb\n==== C ====\n== D ==  \nd\n=E=\ne")
            .sections();
    assertThat(sections)
        .containsExactly(
            new Section(List.of(), "lead"),
            new Section(List.of("A"), "a"),
            new Section(List.of("A", "B x"), "b"),
            new Section(List.of("A", "B x", "C"), ""),
            new Section(List.of("D"), "d"),
            new Section(List.of("E"), "e"));
  }

  @Test
  void aTemplateThatIsNeverClosedDoesNotEatTheNextSection() {
    List<Section> sections =
        WikiText.read("{{Infobox\n| a = b\nlead\n== A ==\ntext }} more").sections();
    assertThat(sections.get(1)).isEqualTo(new Section(List.of("A"), "text more"));
  }

  @Test
  void pagesOfMeaningsSayThatTheyAre() {
    assertThat(WikiText.read("'''A''' may be:\n{{Disambiguation}}").disambiguation()).isTrue();
    assertThat(WikiText.read("x {{Begriffsklärung}}").disambiguation()).isTrue();
    assertThat(WikiText.read("x\n__DISAMBIG__").disambiguation()).isTrue();
    assertThat(WikiText.read("x {{Infobox}}").disambiguation()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{", "[[", "{|", "\n{|\n", "<ref>", "<!--", "'''''", "|", "}}", "]]", "{{a|", "[[a|",
            "[[File:a|", "<nowiki>", "<math>",
        "=", "\n==a==\n", "[http://a ", "<a ", "&", "&amp;", "__", "-{", "{", "<ref><math>", "(",
            "( ,", "\n* ", "{{lang|a|", "[[{{"
      })
  void hostilePiecesInMillionsTakeLinearTime(String piece) {
    String wikitext = piece.repeat(1_500_000 / piece.length());
    Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> WikiText.read(wikitext));
  }

  @Test
  void nestingAHundredThousandDeepIsRead() {
    String deep =
        "{{a|".repeat(100_000)
            + "x"
            + "}}".repeat(100_000)
            + "[[b|".repeat(100_000)
            + "y"
            + "]]".repeat(100_000);
    assertThat(text("p " + deep + " q")).isEqualTo("p y q");
  }

  @Test
  void randomMarkupNeverFails() {
    String[] tokens = {
      "{{",
      "}}",
      "[[",
      "]]",
      "{|",
      "|}",
      "|-",
      "|",
      "!",
      "\n",
      "==",
      "'''",
      "''",
      "<ref>",
      "</ref>",
      "<ref/>",
      "<nowiki>",
      "</nowiki>",
      "<!--",
      "-->",
      "<math>",
      "</math>",
      "[",
      "]",
      "http://x",
      " ",
      "a",
      "b:c",
      "File:",
      "-{",
      "}-",
      "__",
      "&amp;",
      "*",
      "#",
      ":",
      ";",
      "<br>",
      "(",
      ")",
      ","
    };
    for (int i = 0; i < 3_000; i++) {
      StringBuilder wikitext = new StringBuilder();
      for (int k = 0; k < 40; k++) {
        wikitext.append(
            tokens[(int) Long.remainderUnsigned(PairId.draw(i + "/" + k, 5), tokens.length)]);
      }
      assertThat(WikiText.read(wikitext.toString()).sections()).isNotEmpty();
    }
  }
}
