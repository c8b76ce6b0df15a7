package io.ccpairs.jobs.train;

import io.ccpairs.core.encoder.EncoderConfig;
import java.io.Serializable;

/**
 * An encoder from nothing: a BERT with random weights, and a WordPiece vocabulary of the texts that
 * it is trained on.
 *
 * @param hidden width
 * @param layers transformer layers
 * @param heads attention heads; divides {@code hidden}
 * @param vocabulary the most entries of the vocabulary
 * @param maxTokens of a text, prefix and special tokens included
 * @param dropout share of hidden values and of attention weights dropped in training
 * @param seed of the weights
 * @param words the most different words that are counted; rarer ones are left out
 */
public record NewModelConfig(
    int hidden,
    int layers,
    int heads,
    int vocabulary,
    int maxTokens,
    double dropout,
    long seed,
    int words)
    implements Serializable {

  public NewModelConfig {
    if (vocabulary < 100 || words < 1 || maxTokens < 8 || maxTokens > 512) {
      throw new IllegalArgumentException(
          "vocabulary must be at least 100, words at least 1, max-tokens from 8 to 512");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be from 0 to below 1, is " + dropout);
    }
    EncoderConfig.bert(hidden, layers, heads, vocabulary); // refuses what is no encoder
  }

  /** E5-small's shape. */
  public static NewModelConfig defaults() {
    return new NewModelConfig(384, 12, 12, 30_522, 512, 0.1, 42, 1_000_000);
  }

  /**
   * A shape by its name, with the other defaults.
   *
   * @param word {@code tiny} (2 layers of 128), {@code small} (12 of 384), {@code base} (12 of 768)
   *     or {@code large} (24 of 1,024)
   */
  public static NewModelConfig of(String word) {
    return switch (word) {
      case "tiny" -> defaults().shaped(128, 2, 4);
      case "small" -> defaults();
      case "base" -> defaults().shaped(768, 12, 12);
      case "large" -> defaults().shaped(1024, 24, 16);
      default ->
          throw new IllegalArgumentException(
              "there is no shape " + word + "; choose tiny, small, base or large");
    };
  }

  private NewModelConfig shaped(int width, int depth, int count) {
    return new NewModelConfig(width, depth, count, vocabulary, maxTokens, dropout, seed, words);
  }

  /** The encoder's shape, before its vocabulary is known. */
  EncoderConfig shape() {
    return EncoderConfig.bert(hidden, layers, heads, vocabulary).withDropout(dropout, dropout);
  }
}
