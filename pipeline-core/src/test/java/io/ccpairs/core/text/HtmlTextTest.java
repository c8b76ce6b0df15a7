package io.ccpairs.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "<p>one</p>\\n\\n<p>two</p>¦one\\ntwo",
        "<p>one<br>two<br/>three</p>¦one\\ntwo\\nthree",
        "<p>a <b>bold</b> <i>word</i></p>¦a bold word",
        "<ul>\\n<li>a</li>\\n<li>b<ul><li>c</li></ul></li></ul>¦- a\\n- b\\n  - c",
        "<ol><li><p>one</p></li><li>two</li></ol>¦1. one\\n2. two",
        "<pre><code>for x:\\n    y &lt; 1\\n\\nz\\n</code></pre><p>after</p>¦for x:\\n    y < 1\\n\\nz\\nafter",
        "<p>use <code>a  b</code></p>¦use a b",
        "<p><a href=\"http://x.y/a>b\" title='q'>the link</a></p>¦the link",
        "<p>see <img src=\"x.png\" alt=\"enter image description here\"> here</p>¦see here",
        "<blockquote><p>quoted</p></blockquote><p>answer</p>¦quoted\\nanswer",
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>¦a | b\\n1 | 2",
        "x<table><tr><th></th><th>a</th></tr><tr><td>1</td><td></td><td>2</td></tr></table>¦x\\n| a\\n1 | | 2",
        "<table><tr><td></td><td> </td></tr><tr><td></td><td>x<td></table>y¦| x |\\ny",
        "<table><tr><td>a</td><td><p>b</p></td></tr><tr><td></td></tr></table>c¦a | b\\nc",
        "<ol start=\"5\"><li>a</li><li>b</li></ol><ol><li>c</li></ol>¦5. a\\n6. b\\n1. c",
        "<ol class='x' start=0><li>a</ol><ol start=\"x\"><li>b¦0. a\\n1. b",
        "<script>alert('<p>')</script>x<style>p{}</style>y<!-- <p> -->z¦xyz",
        "a &amp; b &lt;c&gt; &eacute; &#233; &#xe9; &nbsp;d &unknown; & e¦a & b <c> é é é d &unknown; & e",
        "if a < b and b > c¦if a < b and b > c",
        "<p>one</p><hr><p>two¦one\\ntwo",
        "soft\u00ADhyphen zero\u200Bwidth nul\u0000bell\u0007¦softhyphen zerowidth nulbell",
        "quoi\u202F? 一\u3000二 &thinsp;x &rlm;(a)&lrm; \u2067b\u2069¦quoi ? 一 二 x (a) b",
        "a <unclosed tag¦a <unclosed tag",
        "10<sup>5</sup> (x)<sup>-2</sup> the 4<sup>th</sup> CO<sub>2</sub>¦10^5 (x)^-2 the 4th CO2",
        "2<sup>n</sup> O(2<sup>2n</sup>) e<sup>-x</sup> (a)<sup>k+1</sup> 2<sup>n/2</sup>¦2^n O(2^2n) e^-x (a)^(k+1) 2^(n/2)",
        "Ca<sup>2+</sup> M<sup>me</sup> 1<sup>er</sup> the<sup>k</sup> 3<sup>x¦Ca2+ Mme 1er thek 3x",
        "$x_1 < y$ stays¦$x_1 < y$ stays",
        "''¦''",
      })
  void markupBecomesLines(String html, String text) {
    assertThat(new HtmlText().of(html.replace("\\n", "\n"))).isEqualTo(text.replace("\\n", "\n"));
  }

  @Test
  void aTextLeavesNothingToTheNext() {
    HtmlText html = new HtmlText();
    for (String unclosed :
        new String[] {"<pre>\n code ", "<ol><li>a<ul><li>", "words and ", "<", "<a ='"}) {
      html.of(unclosed);
      assertThat(html.of("<p>one  two<li>three <b")).isEqualTo("one two\n- three <b");
    }
    html.of("<pre>");
    assertThat(html.line(" a  b")).isEqualTo("a b");
  }

  @Test
  void aTitleIsOneLine() {
    assertThat(new HtmlText().line(" What\tis\n <b> &amp;\u0000 ? "))
        .isEqualTo("What is <b> &amp; ?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<",
        "<p",
        "<p>",
        "<ul><li>",
        "<ol >",
        "<ol",
        "<td>",
        "<tr><td><td>",
        "<tr>|",
        "1<sup>",
        "1<sup>1",
        "</",
        "<a href=\"",
        "&",
        "&amp",
        "<!--",
        "<script>",
        "<pre>",
        "</pre>",
        "<a ='"
      })
  void hostilePiecesInMillionsTakeLinearTime(String piece) {
    String html = piece.repeat(2_000_000 / piece.length());
    Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> new HtmlText().of(html));
  }
}
