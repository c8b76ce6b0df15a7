package io.ccpairs.core.encoder;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.ccpairs.core.encoder.weights.JsonFile;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Texts to token ids by a {@code tokenizer.json}. The role's prefix is part of the text, so it
 * counts towards the limit; a text that is too long loses its end, special tokens stay. Ids come
 * unpadded.
 *
 * <p>May be shared by threads.
 */
public final class Tokenizer implements AutoCloseable {
  static final long MAX_FILE_BYTES = 256L << 20;

  /**
   * A text longer than this many characters for each token it may keep is cut before it is
   * tokenised, so that a crafted text costs no more than a long one. Real tokens average 3 to 5.
   */
  private static final int MAX_CHARS_PER_TOKEN = 256;

  private final HuggingFaceTokenizer tokenizer;
  private final Prefixes prefixes;
  private final int maxTokens;

  private Tokenizer(HuggingFaceTokenizer tokenizer, Prefixes prefixes, int maxTokens) {
    this.tokenizer = tokenizer;
    this.prefixes = prefixes;
    this.maxTokens = maxTokens;
  }

  /**
   * Opens a tokenizer.
   *
   * @param vocabulary rows of the model's word table
   * @param maxTokens the most ids of a text, special tokens included; at least 3
   * @throws ModelFileException when the file is damaged, or when it has ids that the model's word
   *     table has not
   */
  public static Tokenizer open(Path file, int vocabulary, int maxTokens, Prefixes prefixes)
      throws IOException {
    if (maxTokens < 3) {
      throw new IllegalArgumentException(
          "Cannot cut texts to "
              + maxTokens
              + " tokens: two are special, so at least 3 are needed");
    }
    long largest = largestId(JsonFile.read(file, MAX_FILE_BYTES));
    if (largest < 0 || largest >= vocabulary) {
      throw new ModelFileException(
          "Cannot use "
              + file
              + ": its largest token id is "
              + largest
              + ", the model has "
              + vocabulary
              + " word embeddings");
    }
    try {
      return new Tokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optMaxLength(maxTokens)
              .optTruncation(true)
              .optPadding(false)
              .optAddSpecialTokens(true)
              .build(),
          prefixes,
          maxTokens);
    } catch (IOException | RuntimeException e) {
      throw new ModelFileException("Cannot use " + file + ": " + e.getMessage(), e);
    }
  }

  /** The largest id in the vocabulary and among the added tokens; −1 where there is none. */
  private static long largestId(JsonFile json) {
    long largest = -1;
    Object vocabulary = json.find("model", "vocab");
    if (vocabulary instanceof Map<?, ?> ids) {
      for (Object id : ids.values()) {
        largest = Math.max(largest, id instanceof Long number ? number : -1);
      }
    } else if (vocabulary instanceof List<?> pieces) {
      largest = pieces.size() - 1L; // Unigram: the place in the list is the id
    }
    if (json.find("added_tokens") instanceof List<?> tokens) {
      for (Object token : tokens) {
        if (token instanceof Map<?, ?> map && map.get("id") instanceof Long id) {
          largest = Math.max(largest, id);
        }
      }
    }
    return largest;
  }

  /**
   * The ids of one text with its role's prefix: between 2 and {@link #maxTokens()}.
   *
   * <p>Asks the library below {@code HuggingFaceTokenizer.encode} for ids alone: that method also
   * brings each piece, its word and its place in the text from native memory.
   */
  public int[] ids(Role role, String text) {
    TokenizersLibrary library = TokenizersLibrary.LIB;
    long encoding = library.encode(tokenizer.getHandle(), prepared(prefixes.of(role), text), true);
    long[] ids;
    try {
      ids = library.getTokenIds(encoding);
    } finally {
      library.deleteEncoding(encoding);
    }
    int[] narrow = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      narrow[i] = (int) ids[i];
    }
    return narrow;
  }

  private String prepared(String prefix, String text) {
    int most = MAX_CHARS_PER_TOKEN * maxTokens;
    String cut = text.length() <= most ? text : text.substring(0, most);
    return wellFormed(prefix.isEmpty() ? cut : prefix + cut);
  }

  /** Half a surrogate pair is no character, and would not pass into UTF-8. */
  private static String wellFormed(String text) {
    StringBuilder copy = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else {
          if (copy == null) {
            copy = new StringBuilder(text);
          }
          copy.setCharAt(i, '\uFFFD');
        }
      }
    }
    return copy == null ? text : copy.toString();
  }

  /** The most ids of a text. */
  public int maxTokens() {
    return maxTokens;
  }

  /** What is put before texts. */
  public Prefixes prefixes() {
    return prefixes;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
