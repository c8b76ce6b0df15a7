package io.ccpairs.core.encoder;

import io.ccpairs.core.encoder.vocabulary.BertWords;
import io.ccpairs.core.encoder.vocabulary.WordPieceTrainer;
import io.ccpairs.core.encoder.vocabulary.WordPieces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A model with random weights that is made in milliseconds. */
public final class SmallModel {
  /** What its vocabulary was trained on. */
  public static final List<String> TEXTS =
      List.of(
          "how are rivers named",
          "Most rivers are named for their water, their colour or their people.",
          "query: passage: 0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t u v w x y z",
          "The Nile flows north through Sudan and Egypt to the sea.");

  private SmallModel() {}

  /** Two layers of 32 with 4 heads. */
  public static EncoderConfig config() {
    return EncoderConfig.bert(32, 2, 4, 1000);
  }

  /** Pieces of {@link #TEXTS}. */
  public static WordPieces pieces() {
    Map<String, Long> counts = new HashMap<>();
    for (String text : TEXTS) {
      BertWords.of(text).forEach(word -> counts.merge(word, 1L, Long::sum));
    }
    return WordPieceTrainer.train(counts, 240);
  }

  /** Writes it to a folder that does not exist yet. */
  public static ModelFolder write(Path folder, long seed) throws IOException {
    return ModelFolder.create(folder, config(), pieces(), 64, Prefixes.E5, seed);
  }
}
