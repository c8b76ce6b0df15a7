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
    assertThat(facts.visibleChars()).isEqualTo(6);
    assertThat(facts.letterShare()).isEqualTo(2 / 6.0);
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
  void crowdedTextsTakeLinearTime() {
    String same = "x ".repeat(1_000_000);
    TextFacts facts = TextFacts.of(same);
    assertThat(facts.repeatedNgramShare(5)).isCloseTo(1, within(1e-5));
    assertThat(TextFacts.of("https://".repeat(500_000)).linkShare()).isEqualTo(1);
  }
}
