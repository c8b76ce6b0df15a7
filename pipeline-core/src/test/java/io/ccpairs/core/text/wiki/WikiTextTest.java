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
        "a<REF>open b <Ref>note</REF> c<REF>note</REF>¦aopen b c",
        "a<ref>open b<ref name=x/> <ref>note</ref> c¦aopen b c",
        "a<ref>note<ref name=x/> <b>bold</b> <references/></ref> c¦a c",
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "text\\n[[Category:Villages|Foo]]\\n[[Kategorie:Ort|Bar, Baz]]¦text",
        "text\\n[[Kategoreja:Kolni|Kolns]] [[Kategoreja:Upis|Upe]]¦text",
        "see [[:Category:A|the category]], [[Star Trek:Picard|the series]] and [[de:B|there]]¦see the category, the series and there",
      })
  void aKeyToSortByIsNoText(String wikitext, String text) {
    assertThat(text(wikitext.replace("\\n", "\n"))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "l'''Iliade'' e l'''Odissea'''¦l'Iliade e lOdissea",
        "legge l'''Iliade'' e basta¦legge l'Iliade e basta",
        "a nell'''Eneide'' di¦a nell'Eneide di",
        "a nell'''[[Eneide]]'', '''b'''¦a nell'Eneide, b",
        "a dell'''uno'' b l'''altro'''¦a delluno b l'altro",
        "the old'''er''' word, l''''Iliade'''¦the older word, l'Iliade",
      })
  void anApostropheBeforeItalicsStays(String wikitext, String text) {
    assertThat(text(wikitext)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "{{convert|10|to|20|km|mi}} long¦10 to 20 km long",
        "{{convert|3|x|4|x|5|m|ft|0}}, {{convert|1300|and(-)|1400|mi|km}}¦3 × 4 × 5 m, 1300 and 1400 mi",
        "{{cvt|6|ft|2|in|m|abbr=on}}, {{convert|20|-|30|cm|0}}, {{convert|7|km|0}}¦6 ft 2 in, 20 – 30 cm, 7 km",
        "{{convert|5|[[mile]]|km}} {{convert|5}}{{convert}}x¦5 mile 5x",
      })
  void whatIsMeasuredKeepsItsRangeAndUnit(String wikitext, String text) {
    assertThat(text(wikitext)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "{{Nihongo|'''aikido'''|合気道|aikidō}}, {{nihongo3|swordsman|剣士|kenshi}}¦aikido, kenshi",
        "a{{仮リンク|甲 (乙)|en|A|label=甲}}と{{仮リンク|丙|en|B}}b¦a甲と丙b",
        "a {{нп5|Джон Смит||en|John Smith}}, {{не переведено 5|Иван|Ивана|en|Ivan}}, {{iw|Пётр|de|Peter}}¦a Джон Смит, Ивана, Пётр",
        "由{{link-en|甲|A}}、{{le|乙 (丙)|B|乙}}和{{tsl|en|C||丁}}{{tsl|en|D|戊}}¦由甲、乙和丁戊",
        "from {{inh|en|enm|word}}, {{der|en|LL.|verbum|verbō}}, {{cog|de|Wort}} {{cog|da|-}} {{bor|x}}.¦from word, verbō, Wort.",
        "au {{s|XIX}}, du {{-s-|I|er}} au {{sp-|XIX|e|XX|e}} {{s|А. Б.}} {{siècle|V|e}}¦au XIXe siècle, du Ier siècle av. J.-C. au XIXe – XXe siècle А. Б. Ve siècle",
        "le {{date|14|juillet|1789|en France}} et {{date|2008-05-04|x}}, {{OldStyleDate|6 June|1799|26 May}}¦le 14 juillet 1789 et 2008-05-04, 6 June 1799",
        "{{as of|2014|lc=y}} {{As of|2021|5|20}} {{as of|2010|alt=by 2010}}¦as of 2014 As of 20 May 2021 by 2010",
        "{{circa|1066}} in {{HMS|Victory}} no {{séc|XIII}}¦c. 1066 in HMS Victory no século XIII",
        "{{chem|H|2|O}} {{chem|C|''n''|H|2''n''|link=x}} {{chem2|H2O}}¦H2O CnH2n H2O",
        "{{frac|2}} or 5{{frac|3|4}} or {{frac|1|2|3}}¦1/2 or 5 3/4 or 1 2/3",
        "{{val|6.02|e=23|u=[[mole|mol]]}} {{val|1.5|0.2}} {{val|}}¦6.02×10^23 mol 1.5±0.2",
        "{{langx|de|Köln}} {{angbr|a}} {{sub|2}} 10{{sup|5}} 4{{sup|th}} the ship{{'s}} {{flag|Mali}}¦Köln a 2 10^5 4th the ship's Mali",
        "{{blockquote|text=It is {{nowrap|very old}}.|author=A}}{{\"|So?}} {{quote|1=Yes = no.}}¦It is very old.So? Yes = no.",
        "{{unité|35|km}} {{nombre|25000|habitants}} {{num|12}} {{TA|95 km}}¦35 km 25000 habitants 12 95 km",
        "{{quote|author=A}}{{iw}}{{ill|}}{{date|}}{{s}}{{chem}}{{sp}}x¦x",
      })
  void templatesThatAreWordsOfTheSentenceLeaveThem(String wikitext, String text) {
    assertThat(text(wikitext)).isEqualTo(text);
  }

  @Test
  void aLongQuotationIsShownWhole() {
    String words = "word ".repeat(500) + "end";
    assertThat(text("a {{quote|" + words + "|author=A}}")).isEqualTo("a " + words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "a-{zh-hans:[[软件]];zh-hant:[[軟體]]}-b¦a软件b",
        "a-{[[甲A|维A]]}-、-{'''乙B'''}-¦a维A、乙B",
        "-{A|zh-cn:&nbsp;a;zh-tw:b}-c¦ac",
        "-{zh-hans:{{lang|en|x}}; zh-hant:y;}-z¦xz",
        "-{zh-hans:a\\n;\\nzh-hant:b}-c¦a\\nc",
        "a-{H|zh-cn:b;zh-tw:c}--{T|zh:d}--{zh-hans;zh-hant|e;f: g}-¦ae;f: g",
        "a -{b -{c}-, 1990-{{d}} -{{{e}}}-¦a -{b c, 1990-",
      })
  void aRuleOfVariantsLeavesTheFirst(String wikitext, String text) {
    assertThat(text(wikitext.replace("\\n", "\n"))).isEqualTo(text.replace("\\n", "\n"));
  }

  @Test
  void codeIsAsItIs() {
    assertThat(
            text(
                """
                a
                <syntaxhighlight lang="c">
                int main() {
                    for (;;) {
                \tf( x , y ); // &lt;

                    }
                }
                </syntaxhighlight>
                b"""))
        .isEqualTo("a\nint main() {\n    for (;;) {\n\tf( x , y ); // &lt;\n    }\n}\nb");
    assertThat(text("a\n<pre>\n  (  )  ;\n {&lt;}\n</pre>")).isEqualTo("a\n  (  )  ;\n {<}");
    assertThat(
            text(
                "<code>f( ''x'' , [] )</code>, <code>[[g|g()]]</code> ({{t}}) , <nowiki>()</nowiki> . <tt>a &lt;b> ;"))
        .isEqualTo("f( x , [] ), g(), (). a <b> ;");
    assertThat(text("so <math>a\\; , b ( )</math> , c")).isEqualTo("so $a\\; , b ( )$, c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "a<table><tr><td>b<TABLE class=x><td>c</table></td></table>d¦ad",
        "a <table><td>b</td> <table>c</table> d¦a b d",
        "a</table>b <tablet> c¦ab c",
        "a<includeonly>b</includeonly><indicator name=x>c</indicator><onlyinclude>d</onlyinclude>¦ad",
        "text {{clear}}{| class=x\\n! a\\n|}\\nb¦text\\nb",
        "the set {|x| < 1} is\\nopen¦the set {|x| < 1} is\\nopen",
        "__KEIN_INHALTSVERZEICHNIS__a__БЕЗ_ОГЛ__ __NO_t__ __ไม่มีสารบัญ__¦a __NO_t__",
      })
  void tablesAndSwitchesLeaveNoTrace(String wikitext, String text) {
    assertThat(text(wikitext.replace("\\n", "\n"))).isEqualTo(text.replace("\\n", "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "O(2<sup>n</sup>) and 2<sup>''n''</sup> and ''x''<sup>2k+1</sup>¦O(2^n) and 2^n and x^2k+1",
        "e<sup>−x</sup>, (a)<sup>n-1</sup>, <code>f()</code><sup>k</sup>¦e^−x, (a)^n-1, f()^k",
        "12<sup>m</sup>30<sup>s</sup>, XX<sup>e</sup>, the<sup>y</sup>, n<sup>o</sup>, 2<sup>nd</sup>¦12m30s, XXe, they, no, 2nd",
      })
  void exponentsAreNoFactors(String wikitext, String text) {
    assertThat(text(wikitext)).isEqualTo(text);
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
    for (String name :
        List.of(
            "School disambiguation",
            "Disambiguation cleanup|date=May",
            "人名消歧义",
            "人名の曖昧さ回避",
            "แก้กำกวม",
            "बहुविकल्पी शब्द",
            "Patronyme",
            "неоднозначность|город")) {
      assertThat(WikiText.read("x {{" + name + "}}").disambiguation()).as(name).isTrue();
    }
    for (String name :
        List.of("Infobox", "disambiguation needed", "R from disambiguation", "需要消歧义", "sigle|fr")) {
      assertThat(WikiText.read("x {{" + name + "}}").disambiguation()).as(name).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{",
        "[[",
        "{|",
        "\n{|\n",
        "<ref>",
        "<REF>a</REF>",
        "<!--",
        "'''''",
        "|",
        "}}",
        "]]",
        "{{a|",
        "[[a|",
        "[[File:a|",
        "<nowiki>",
        "<math>",
        "=",
        "\n==a==\n",
        "[http://a ",
        "<a ",
        "&",
        "&amp;",
        "__",
        "-{",
        "{",
        "<ref><math>",
        "(",
        "( ,",
        "\n* ",
        "{{lang|a|",
        "[[{{",
        "<table>",
        "<code>",
        "a'''b",
        "-{a",
        "{|\n",
        "{{quote|a"
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
