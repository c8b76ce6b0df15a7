package io.ccpairs.core.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class OptOutTest {
  private static OptOut read(String text) throws IOException {
    return OptOut.read(new BufferedReader(new StringReader(text))::readLine, "list.txt");
  }

  @Test
  void authorsAndSourcesAreCoveredInTheirOriginOnly() throws IOException {
    OptOut list =
        read("# who\nreddit author some_body\n\nwikipedia source enwiki:42\nreddit source t3_a\n");
    assertThat(list.size()).isEqualTo(3);
    Long author = PairId.authorKey(Origin.REDDIT, "some_body");
    assertThat(list.covers(Origin.REDDIT, author, "t1_x")).isTrue();
    assertThat(list.covers(Origin.REDDIT, null, "t3_a")).isTrue();
    assertThat(list.covers(Origin.WIKIPEDIA, null, "enwiki:42#3"))
        .as("a page takes its sections with it")
        .isTrue();
    assertThat(list.covers(Origin.WIKIPEDIA, null, "enwiki:421#3")).isFalse();
    assertThat(list.covers(Origin.STACKEXCHANGE, null, "t3_a")).isFalse();
    assertThat(
            list.covers(
                Origin.STACKEXCHANGE, PairId.authorKey(Origin.STACKEXCHANGE, "some_body"), "x"))
        .isFalse();
  }

  @Test
  void aWrongLineIsNamed() {
    assertThatThrownBy(() -> read("reddit author a\nreddit somebody\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("list.txt, line 2");
    assertThatThrownBy(() -> read("myspace author a\n")).hasMessageContaining("myspace");
  }
}
