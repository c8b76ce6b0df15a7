package io.ccpairs.jobs;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.EncoderConfig;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.Prefixes;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.vocabulary.BertWords;
import io.ccpairs.core.encoder.vocabulary.WordPieceTrainer;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Models that are made in a moment, and texts for them. */
public final class RandomModel {
  /** A sign of which {@link #small} makes vectors of NaN. */
  public static final String NO_NUMBER = "§";

  private static final String[] WORDS =
      ("river house green stone bread night water music paper window horse winter garden silver"
              + " letter market summer forest island bridge candle copper desert engine flower"
              + " glacier harbour insect jungle kettle ladder mountain needle orchard pepper quarry")
          .split(" ");

  private RandomModel() {}

  /** So many words, chosen by a number. */
  public static String words(long number, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      long draw = PairId.draw(number + "/" + i, 5);
      text.append(i == 0 ? "" : " ").append(WORDS[Math.floorMod(draw, WORDS.length)]);
    }
    return text.toString();
  }

  /** Two layers of 32 with random weights, and no number for {@link #NO_NUMBER}. */
  public static String small(Path folder) throws IOException {
    Map<String, Long> counts = new HashMap<>();
    for (String text :
        new String[] {
          String.join(" ", WORDS),
          NO_NUMBER,
          "query: passage: a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9"
        }) {
      BertWords.of(text).forEach(word -> counts.merge(word, 9L, Long::sum));
    }
    Path clean = folder.resolveSibling(folder.getFileName() + "-finite");
    ModelFolder made =
        ModelFolder.create(
            clean,
            EncoderConfig.bert(32, 2, 4, 1000),
            WordPieceTrainer.train(counts, 400),
            64,
            Prefixes.E5,
            3);
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = made.weights(manager);
        io.ccpairs.core.encoder.Tokenizer tokenizer =
            io.ccpairs.core.encoder.Tokenizer.open(
                made.tokenizerFile(), made.config().vocabulary(), 8, Prefixes.NONE)) {
      int[] ids = tokenizer.ids(io.ccpairs.core.pair.Role.QUERY, NO_NUMBER);
      NDArray words = weights.get("embeddings.word_embeddings.weight");
      words.set(new ai.djl.ndarray.index.NDIndex(ids[1] + ", :"), Float.NaN);
      ModelFolder.write(
          folder,
          made.config(),
          weights,
          made.tokenizerFile(),
          made.maxTokens(),
          made.prefixes(),
          "A model for tests.");
    }
    return folder.toString();
  }
}
