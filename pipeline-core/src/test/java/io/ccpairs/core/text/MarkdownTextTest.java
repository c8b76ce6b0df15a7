package io.ccpairs.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.text.MarkdownText.Quotes;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkdownTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '\0',
      value = {
        "*so* it is => so it is",
        "_so_ it is => so it is",
        "**very** much => very much",
        "__very__ Much => __very__ Much",
        "__Very much__ => Very much",
        "***both*** of them => both of them",
        "**bold with *italic* inside** => bold with italic inside",
        "*italic with **bold** inside* => italic with bold inside",
        "**Note:**text => Note:text",
        "(*aside*), *more*. => (aside), more.",
        "*Dune*s => Dunes",
        "~~wrong~~ right => wrong right",
        "**これ**は*日本*語です => これは日本語です",
        "**한국**은 => 한국은",
        "\"*quoted*\" => \"quoted\"",
      })
  void emphasisLeavesItsWords(String markdown, String text) {
    assertThat(MarkdownText.of(markdown)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2 * 3 * 4",
        "2*3*4 = 24",
        "a*b*c",
        "snake_case_name and _private_field",
        "the __init__ method calls __new__",
        ":-) ;-) :* 8-)",
        "C* and D*",
        "f*ck this sh*t",
        "f***ing h***",
        "what the **** is this ****",
        "*nix and *BSD",
        ">_<",
        ">:( no",
        ">= 5 and <= 7",
        "^_^ and ^_^ and -_- and -_-",
        "x^2 + y^2 = z^2",
        "^^ this",
        "~5 minutes, ~10 at most",
        "hi~~ you~~",
        "1 < 2 > 0",
        "I <3 you",
        "List<String> and Map<K, V>",
        "AT&T, R&D; &c.",
        "#1 fan of #hashtags",
        "$5 - $10",
        "C:\\Users\\me",
        "\u00AF\\_(ツ)_/\u00AF",
        "[sic] [1] [ ] todo",
        "f(x) [y] (z)",
        "http://example.org/a_b_c/~d/__e__.html?x=*&y=[1]",
        "see https://en.wikipedia.org/wiki/Foo_(bar) for more",
        "/u/some_body_else in /r/foo_bar",
        "...and then -- nothing",
        "a | b",
        "50% off!",
        "`",
        "it`s a `typo",
      })
  void whatOnlyLooksLikeAMarkStays(String text) {
    assertThat(MarkdownText.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '\0',
      value = {
        "[text](http://example.org) => text",
        "see [this](http://example.org/a_(b)_c \"a title\"), ok => see this, ok",
        "([in brackets](http://example.org)) => (in brackets)",
        "[a](/r/a) and [b](#b) and [c](<http://c d>) => a and b and c",
        "[text](http://with blanks.org/a b) end => text end",
        "[**bold** link](http://example.org) => bold link",
        "**[link](http://example.org)** => link",
        "[[1]](http://example.org) => [1]",
        "[outer [inner] text](http://example.org) => outer [inner] text",
        "![a cat](http://example.org/c.png) => a cat",
        "so ![gif](giphy|3o7TKMt1) there => so there",
        "so![gif](giphy|3o7TKMt1|downsized) there => so there",
        "![img](emote|t5_a|1)![img](emote|t5_a|2) hi => hi",
        "Look![img](/a) => Look!img",
        "[](/emote) hi => hi",
        "<http://example.org/a> => http://example.org/a",
        "[open](http://example.org => [open](http://example.org",
        "[not a link] (http://example.org) => [not a link] (http://example.org)",
        "https://example.org/a\\_b => https://example.org/a_b",
        "**http://example.org/** => http://example.org/",
      })
  void linksLeaveTheirText(String markdown, String text) {
    assertThat(MarkdownText.of(markdown)).isEqualTo(text);
  }

  @Test
  void linksDefinedElsewhereLeaveTheirTextAndTheDefinitionsGo() {
    assertThat(
            MarkdownText.of(
                "Read [the paper][1], [The FAQ][] and [sic][2].\n\n"
                    + "[1]: http://example.org/p \"Paper\"\n  [the faq]: /faq\n\n[Note]: this stays"))
        .isEqualTo("Read the paper, The FAQ and [sic][2].\n[Note]: this stays");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '\0',
      value = {
        "use `a * b` or ``c ` d`` => use a * b or c ` d",
        "`**not bold**` => **not bold**",
        "\\*not italic\\* \\[x\\] => *not italic* [x]",
        "^small ^words => small words",
        "^^^^I'm ^^^^a ^^^^bot => I'm a bot",
        "^(a remark) => (a remark)",
        "the >!butler!< did it => the butler did it",
        ">!all hidden!< => all hidden",
        "a >! b !< c !< d => a b c !< d",
        "a >! b and !< => a b and",
        "what!< => what!<",
        "Tom &amp; Jerry &lt;3 => Tom & Jerry <3",
        "&amp;lt;tag&amp;gt; &amp;nbsp; x&amp;#x200B;y => <tag> xy",
        "caf&amp;eacute; &#39;q&#39; &#x1F600; &mdash; => café 'q' 😀 —",
        "<i>so</i> and <b>so</b> => so and so",
        "<a href=\"http://example.org\">there</a> => there",
        "the <table> tag and </i> => the <table> tag and </i>",
      })
  void codeEscapesAndEntities(String markdown, String text) {
    assertThat(MarkdownText.of(markdown)).isEqualTo(text);
  }

  @Test
  void linesOfAParagraphAreJoinedAndParagraphsAreALineEach() {
    assertThat(
            MarkdownText.of(
                "  One\r\nline,   wrapped.  \nForced.\\\nAgain.\r\n\r\n\r\n&amp;#x200B;\n\nTwo\u00A0words\u200B.\n"))
        .isEqualTo("One line, wrapped.\nForced.\nAgain.\nTwo words.");
  }

  @Test
  void headingsAndRulesLeaveTheirWords() {
    assertThat(
            MarkdownText.of(
                "# Title #\n##Sub\nText\n***\nMore\n---\nUnder\n=====\n- - -\nEnd\n\n---"))
        .isEqualTo("Title\nSub\nText\nMore\nUnder\nEnd");
  }

  @Test
  void itemsAreALineEachWithTheirMarker() {
    assertThat(
            MarkdownText.of(
                "Things:\n* one\n* two\n  goes on\n    * nested\n\n    its second paragraph\n\n"
                    + "+ pro\n- con\n\n1. first\n2) second\n\nBorn in\n1986. A good year."))
        .isEqualTo(
            "Things:\n- one\n- two goes on\n- nested\nits second paragraph\n"
                + "+ pro\n- con\n1. first\n2) second\nBorn in 1986. A good year.");
  }

  @Test
  void anItemWithoutAWordLeavesNothing() {
    assertThat(MarkdownText.of("* one\n* \n* two\n*\n\n1. three\n2.\n3. four"))
        .isEqualTo("- one\n- two\n1. three\n3. four");
    assertThat(MarkdownText.of("It is 5\n-\n4")).isEqualTo("It is 5 - 4");
  }

  @Test
  void codeBlocksStayAsTheyStand() {
    assertThat(
            MarkdownText.of(
                "Try\n\n    if (a &lt; b) {\n        **x**  \n\n    }\n\nor\n\n```java\nint  a;\n\n> b\n```\nend"))
        .isEqualTo("Try\nif (a < b) {\n    **x**\n\n}\nor\nint  a;\n\n> b\nend");
    assertThat(MarkdownText.of("```\na  *b*\nc```\n*d*")).isEqualTo("a  *b*\nc\nd");
    assertThat(MarkdownText.of("~~~\nnever *closed*")).isEqualTo("never *closed*");
  }

  @Test
  void quotationsAreKeptOrDropped() {
    String comment =
        "&gt; You said *this*\n&gt; and that\n&gt;&gt; nested\n\n&gt; - item\n\nI disagree.\n>forgot the blank line\nMine.";
    assertThat(MarkdownText.of(comment))
        .isEqualTo(
            "You said this and that nested\n- item\nI disagree.\nforgot the blank line\nMine.");
    assertThat(MarkdownText.of(comment, Quotes.DROP)).isEqualTo("I disagree.\nMine.");
    assertThat(MarkdownText.of("&gt; all quoted", Quotes.DROP)).isEmpty();
    assertThat(MarkdownText.of(">...as they say", Quotes.DROP)).isEmpty();
    assertThat(MarkdownText.of(">!spoiler!<", Quotes.DROP)).isEqualTo("spoiler");
  }

  @Test
  void spoilersOfSeveralLinesAndParagraphsLoseTheirMarks() {
    assertThat(MarkdownText.of("End:\n>! She did it\n>! and so did he"))
        .isEqualTo("End: She did it and so did he");
    assertThat(MarkdownText.of("&gt;!The first\n\n- the second !&lt; \n\nNo more!<"))
        .isEqualTo("The first\n- the second\nNo more!<");
    assertThat(MarkdownText.of(">!\n\nThe text\n\n!<")).isEqualTo("The text");
    assertThat(MarkdownText.of("5 >! 4\n\nno!<")).isEqualTo("5 >! 4\nno!<");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*Processing img 2jx8w0sdf9a61...*",
        "*Processing gif 2jx8w0sdf9a61...* ",
        "  *Processing video 2jx8w0sdf9a61...*",
        "[View Poll](https://www.reddit.com/poll/abc12)",
        "https://preview.redd.it/x.png?width=1080&amp;format=png&amp;auto=webp&amp;s=a1",
        "https://i.redd.it/x.jpg  ",
        "[https://i.redd.it/x.jpg](https://i.redd.it/x.jpg)",
        "https://reddit.com/link/abc12/video/x1/player",
        "![video](x1)",
      })
  void whatStandsForAPictureOrAPollLeavesNothing(String line) {
    assertThat(MarkdownText.of(line)).isEmpty();
    assertThat(MarkdownText.of("Look:\n\n" + line + "\n\nNice?")).isEqualTo("Look:\nNice?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://i.redd.it/x.jpg is mine",
        "See https://i.redd.it/x.jpg",
        "https://reddit.com/link/abc12/comments",
        "https://example.org/i.redd.it/x.jpg",
        "https://",
        "Processing img of a scan",
      })
  void anAddressInASentenceIsText(String line) {
    assertThat(MarkdownText.of(line)).isEqualTo(line);
    assertThat(MarkdownText.of("*Processing img* [View Poll](/poll)"))
        .isEqualTo("Processing img View Poll");
  }

  @Test
  void tablesAreALineForEachRow() {
    assertThat(
            MarkdownText.of(
                "Scores:\n\n|Team|Points|\n|:--|--:|\n|**A**|1|\n| [B](http://b.org) | |\n\nDone"))
        .isEqualTo("Scores:\nTeam, Points\nA, 1\nB\nDone");
  }

  @Test
  void textsThatWereReadInTheWrongCharsetAreReadAgain() {
    assertThat(MarkdownText.of("I don\u00E2\u0080\u0099t, caf\u00C3\u00A9 \u00E2\u0080\u0094 yes"))
        .isEqualTo("I don’t, café — yes");
    assertThat(MarkdownText.of("it\u0092s \u0093so\u0094")).isEqualTo("it’s “so”");
    assertThat(MarkdownText.of("Ã© stays where nothing proves it wrong")).startsWith("Ã©");
  }

  @Test
  void titlesKeepTheirSigns() {
    assertThat(MarkdownText.title(" A *title* &amp; [OC]\u00A0 #1\n2 &amp;#39; \u0000"))
        .isEqualTo("A *title* & [OC] #1 2 '");
  }

  @Test
  void nothingUnseenIsLeft() {
    assertThat(MarkdownText.of("a\u0000b\u200Bc\uFEFFd\u202Ee\uFFFFf\uD800g \uD83D\uDE00"))
        .isEqualTo("abcdef\uFFFDg 😀");
    assertThat(MarkdownText.of("&#0;&#xFFFF;&#xD800;&#99999999;&#x110000;&#;"))
        .isEqualTo("\uFFFD&#99999999;&#x110000;&#;");
  }

  @Test
  void anyTextIsMarkdown() {
    String alphabet = "ab 1.*_~`[]()<>!^&#|:-=+\\/\"'\n\t;x@http://é漢\u00AD\u0080\uD83D\uDE00>";
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 60_000; round++) {
      StringBuilder markdown = new StringBuilder();
      int length = random.nextInt(60);
      for (int k = 0; k < length; k++) {
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        markdown.append(String.valueOf(c).repeat(random.nextInt(8) == 0 ? 3 : 1));
      }
      String text = MarkdownText.of(markdown.toString());
      assertThat(text).as("%s", markdown).isEqualTo(text.strip());
      assertThat(text.length()).isLessThanOrEqualTo(2 * markdown.length());
      assertThat(text).doesNotContain("\uFFFF", "\u0000", "\r");
      assertThat(MarkdownText.of(markdown.toString(), Quotes.DROP).length())
          .isLessThanOrEqualTo(2 * markdown.length());
      MarkdownText.title(markdown.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "_",
        "`",
        "[",
        "]",
        ">",
        "> ",
        "**a ",
        "*a_",
        " *a",
        "a* ",
        "[a](",
        "](",
        "[](",
        "](a \"b",
        "]((a",
        "`` ` ",
        "` `` ",
        "<",
        "<http",
        "<i>",
        "</i>",
        "<i></b>",
        "&",
        "&#",
        "^",
        "^a ",
        ">!",
        "!<",
        ">!a",
        "!",
        "![",
        "|",
        "|-|\n",
        "a|b\n-|-\n",
        "\\",
        "\n",
        "- ",
        "- \n",
        "1. a\n",
        "    a\n",
        "\t",
        "```\n",
        "~~~",
        "~~a",
        "]:",
        "[a]: /b\n",
        "[a][",
        "http://",
        "://",
        "\u00E2\u0080\u0099",
        "\uD800",
        "#",
        "= ",
        "*a*",
        "**a**_",
        "_ _",
        "a_b",
        "*\n",
        "=\n"
      })
  void fiveMegabytesOfAnythingTakeLinearTime(String piece) {
    String text = piece.repeat(5_000_000 / piece.length());
    Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> MarkdownText.of(text));
  }
}
