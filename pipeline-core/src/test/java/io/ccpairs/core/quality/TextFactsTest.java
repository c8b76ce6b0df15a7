package io.ccpairs.core.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TextFactsTest {
  @Test
  void wordsAreRunsOfLettersAndDigitsAndLoneCharactersOfUnspacedScripts() {
    assertThat(TextFacts.of("It's 2 o'clock, naïve reader!").words()).isEqualTo(7);
    assertThat(TextFacts.of("東京は大きい").words()).isEqualTo(6);
    assertThat(TextFacts.of("").words()).isZero();
    assertThat(TextFacts.of("東京は大きい city").unspaced()).isTrue();
  }

  @Test
  void sharesLeaveOutWhiteSpace() {
    TextFacts facts = TextFacts.of("ab 12\n  !!");
    assertThat(facts.signShare()).isEqualTo(2 / 6.0);
    assertThat(facts.digitShare()).isEqualTo(2 / 6.0);
    assertThat(facts.lines()).isEqualTo(2);
  }

  @Test
  void caseDoesNotMakeAnotherWord() {
    assertThat(TextFacts.of("Bread BREAD bread").distinctWords()).hasSize(1);
  }

  @Test
  void repeatedLinesAndRunsAreMeasuredByTheirCharacters() {
    TextFacts lines = TextFacts.of("abcd\nefgh\nabcd\nijkl");
    assertThat(lines.repeatedLineShare()).isEqualTo(0.25);
    TextFacts runs = TextFacts.of("a b c a b d");
    assertThat(runs.topNgramShare(2)).as("a b twice: 4 of 6 characters").isEqualTo(4 / 6.0);
    assertThat(runs.repeatedNgramShare(2)).as("the second a b").isEqualTo(2 / 6.0);
    assertThat(TextFacts.of("a b c d e f").topNgramShare(2)).isZero();
  }

  @Test
  void formulasRepeatTheirSignsWithoutRepeatingTheText() {
    String formula = "$\\frac{1}{\\sqrt{2}}(|0\\rangle + |1\\rangle)$ ";
    assertThat(TextFacts.of("so it is " + formula.repeat(9)).repeatedNgramShare(5)).isZero();
    assertThat(TextFacts.of("\\begin{align} a b c d e a b c d e \\end{align}").topNgramShare(2))
        .isZero();
    String prices = "now only $5 for you and only for you ";
    assertThat(TextFacts.of(prices.repeat(9)).repeatedNgramShare(5))
        .as("prices make no formula")
        .isGreaterThan(0.8);
  }

  @Test
  void distinctWordsAreCountedOutsideFormulas() {
    assertThat(TextFacts.of("of of from From").distinctWordShare()).isEqualTo(0.5);
    assertThat(TextFacts.of("so $x^2 x^2 x^2$ is").distinctWordShare()).isEqualTo(1);
    assertThat(TextFacts.of("").distinctWordShare()).isEqualTo(1);
  }

  @Test
  void crowdedTextsTakeLinearTime() {
    String same = "x ".repeat(1_000_000);
    TextFacts facts = TextFacts.of(same);
    assertThat(facts.repeatedNgramShare(5)).isCloseTo(1, within(1e-5));
    assertThat(TextFacts.of("https://".repeat(500_000)).linkShare()).isEqualTo(1);
    assertThat(TextFacts.of("\\begin{ $ x".repeat(100_000)).words()).isEqualTo(200_000);
  }
}
