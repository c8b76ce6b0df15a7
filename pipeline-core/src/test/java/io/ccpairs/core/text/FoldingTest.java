package io.ccpairs.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FoldingTest {
  @Test
  void caseSignsAndSpacesDoNotCount() {
    assertThat(Folding.fold("  Hello,\n WORLD — it's  42! ")).isEqualTo("hello world it s 42");
    assertThat(Folding.fold("ﬁne Ａ１")).isEqualTo("fine a1");
    assertThat(Folding.fold("東京 は")).isEqualTo("東 京 は");
    assertThat(Folding.fold("?!…")).isEmpty();
  }

  @Test
  void foldingTwiceChangesNothingForAnyCharacter() {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < 0x20000; c++) {
      if (!Character.isDefined(c) || (c >= 0xD800 && c < 0xE000)) {
        continue;
      }
      text.setLength(0);
      text.append("a").appendCodePoint(c).append("b ").appendCodePoint(c).appendCodePoint(c);
      String once = Folding.fold(text.toString());
      assertThat(Folding.fold(once)).as("U+%04X", c).isEqualTo(once);
    }
  }
}
