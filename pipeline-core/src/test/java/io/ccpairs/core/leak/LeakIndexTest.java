package io.ccpairs.core.leak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeakIndexTest {
  private static final String QUESTION =
      "Which river runs through the old town of the city that was the capital until 1815?";
  private static final LeakIndex INDEX = index();

  private static LeakIndex index() {
    LeakIndex.Builder index = new LeakIndex.Builder(4, 8, 0.8);
    index.add("rivers", QUESTION);
    index.add("names", "Rio de Janeiro");
    index.add("short", "how many legs has a spider");
    for (int i = 0; i < 1_000; i++) {
      index.add("stock", "all rights reserved by the owners of this page number " + i);
    }
    return index.build();
  }

  @Test
  void aWholeTextIsFoundWhateverItsCaseAndSigns() {
    assertThat(INDEX.find(QUESTION.toUpperCase(java.util.Locale.ROOT) + "??")).isEqualTo("rivers");
    assertThat(INDEX.find("How many legs has a spider?")).isEqualTo("short");
  }

  @Test
  void namesAndShortAnswersAreNoLeaks() {
    assertThat(INDEX.find("Rio de Janeiro")).isNull();
  }

  @Test
  void aTextInsideALongerOneIsFoundByItsRuns() {
    assertThat(INDEX.find("Somebody asked here last week. " + QUESTION + " Nobody knew."))
        .isEqualTo("rivers");
    assertThat(INDEX.find("the old town of the city that was the capital")).isEqualTo("rivers");
  }

  @Test
  void aTextThatSharesAFewWordsIsNone() {
    assertThat(INDEX.find("Which river runs through the old town, and how deep is it in summer?"))
        .isNull();
    assertThat(INDEX.find("how many legs has a spider that lost one")).isNull();
    assertThat(INDEX.find("")).isNull();
  }

  @Test
  void aRunOfManyTextsStillFindsOne() {
    assertThat(INDEX.find("all rights reserved by the owners of this page number 5"))
        .isEqualTo("stock");
    assertThat(INDEX.texts()).isEqualTo(1_002);
  }
}
