package io.ccpairs.core.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeakIndexTest {
  private static final String QUESTION =
      "Which river runs through the old town of the city that was the capital until 1815?";
  private static final LeakIndex INDEX = index();

  private static LeakIndex index() {
    LeakIndex.Builder index = new LeakIndex.Builder(4, 8, 0.8, LeakIndex.MAX_TEXTS);
    index.add("rivers", QUESTION);
    index.add("names", "Rio de Janeiro");
    index.add("short", "how many legs has a spider");
    for (int i = 0; i < 1_000; i++) {
      index.add("stock", "all rights reserved by the owners of this page number " + i);
    }
    return index.build();
  }

  private static List<String> tasks(String text) {
    return INDEX.find(text).tasks();
  }

  @Test
  void aTextOfSeveralTasksIsFoundInEach() {
    LeakIndex.Builder index = new LeakIndex.Builder(4, 8, 0.8, LeakIndex.MAX_TEXTS);
    index.add("second", "another text of five words");
    index.add("first", QUESTION);
    index.add("second", QUESTION + "!");
    index.add("second", QUESTION);
    LeakIndex.Found whole = index.build().find(QUESTION);
    assertThat(whole).isEqualTo(new LeakIndex.Found(List.of("second", "first"), true));
    LeakIndex.Found within = index.build().find("So I asked: " + QUESTION);
    assertThat(within).isEqualTo(new LeakIndex.Found(List.of("second", "first"), false));
  }

  @Test
  void aWholeTextIsFoundWhateverItsCaseAndSigns() {
    assertThat(tasks(QUESTION.toUpperCase(java.util.Locale.ROOT) + "??"))
        .isEqualTo(List.of("rivers"));
    assertThat(tasks("How many legs has a spider?")).isEqualTo(List.of("short"));
  }

  @Test
  void namesAndShortAnswersAreNoLeaks() {
    assertThat(tasks("Rio de Janeiro")).isEmpty();
  }

  @Test
  void aTextInsideALongerOneIsFoundByItsRuns() {
    assertThat(tasks("Somebody asked here last week. " + QUESTION + " Nobody knew."))
        .isEqualTo(List.of("rivers"));
    assertThat(tasks("the old town of the city that was the capital")).isEqualTo(List.of("rivers"));
  }

  @Test
  void aTextThatSharesAFewWordsIsNone() {
    assertThat(tasks("Which river runs through the old town, and how deep is it in summer?"))
        .isEmpty();
    assertThat(tasks("how many legs has a spider that lost one")).isEmpty();
    assertThat(tasks("")).isEmpty();
  }

  @Test
  void aRunOfManyTextsStillFindsOne() {
    assertThat(tasks("all rights reserved by the owners of this page number 5"))
        .isEqualTo(List.of("stock"));
    assertThat(INDEX.texts()).isEqualTo(1_002);
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    LeakIndex.Builder index = new LeakIndex.Builder(4, 8, 0.8, 1);
    index.add("rivers", QUESTION);
    index.add("names", "Rio de Janeiro");
    assertThatThrownBy(() -> index.add("short", "how many legs has a spider"))
        .isInstanceOf(LeakIndex.FullException.class)
        .hasMessage("short has more texts than the 1 of an index");
    assertThat(index.build().tasks()).containsExactly("rivers");
  }

  @Test
  void arraysGrowByHalfUpToTheLongest() {
    assertThat(LeakIndex.Builder.grown(16, 17)).isEqualTo(24);
    assertThat(LeakIndex.Builder.grown(16, 100)).isEqualTo(100);
    assertThat(LeakIndex.Builder.grown(1 << 30, (1 << 30) + 1)).isEqualTo(3 << 29);
    assertThat(LeakIndex.Builder.grown(3 << 29, (3 << 29) + 1)).isEqualTo(Integer.MAX_VALUE - 8);
    assertThatThrownBy(() -> LeakIndex.Builder.grown(Integer.MAX_VALUE - 8, 1L << 31))
        .isInstanceOf(LeakIndex.FullException.class)
        .hasMessageContaining("runs of words");
  }
}
