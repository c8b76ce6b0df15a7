package io.ccpairs.core.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
  @TempDir private Path folder;

  /** Ids are asked of the native library alone; the whole encoding must hold the same. */
  @Test
  void idsAreThoseOfTheWholeEncodingCutAtTheLimit() throws IOException {
    Path file = SmallModel.write(folder.resolve("tiny"), 1).tokenizerFile();
    boolean cut = false;
    try (Tokenizer tokenizer = Tokenizer.open(file, 1000, 24, Prefixes.E5);
        HuggingFaceTokenizer whole =
            HuggingFaceTokenizer.builder()
                .optTokenizerPath(file)
                .optTruncation(true)
                .optMaxLength(24)
                .optPadding(false)
                .build()) {
      for (String text : RealTexts.all()) {
        int[] ids = tokenizer.ids(Role.PASSAGE, text);
        long[] expected = whole.encode("passage: " + text).getIds();
        assertThat(Arrays.stream(ids).asLongStream()).as(text).containsExactly(box(expected));
        cut |= ids.length == 24;
      }
    }
    assertThat(cut).as("some text was too long").isTrue();
  }

  private static Long[] box(long[] ids) {
    return Arrays.stream(ids).boxed().toArray(Long[]::new);
  }
}
