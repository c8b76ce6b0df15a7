package io.ccpairs.jobs;

import io.ccpairs.core.encoder.EncoderConfig;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.Prefixes;
import io.ccpairs.core.encoder.vocabulary.BertWords;
import io.ccpairs.core.encoder.vocabulary.WordPieceTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Small models with random weights for tests. */
public final class Models {
  private Models() {}

  /** A model of two layers whose vocabulary is trained on texts, in a folder that is made. */
  public static Path write(Path folder, List<String> texts) throws IOException {
    Map<String, Long> counts = new HashMap<>();
    counts.put("query", 1L);
    counts.put("passage", 1L);
    for (String text : texts) {
      BertWords.of(text).forEach(word -> counts.merge(word, 1L, Long::sum));
    }
    ModelFolder.create(
        folder,
        EncoderConfig.bert(32, 2, 4, 1000),
        WordPieceTrainer.train(counts, 300),
        64,
        Prefixes.E5,
        1);
    return folder;
  }
}
