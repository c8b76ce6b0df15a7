package io.ccpairs.core.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.pair.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Texts to embeddings, as fast as the device allows: each distinct text once, batches of texts of
 * similar length, no padding on CPUs, the next texts tokenised by a thread of its own while these
 * are computed. A text's vector depends on its batch by rounding only, about 1e-7.
 *
 * <p>Open one for a process and share it: threads may call it at once, but each operation is
 * parallel already.
 */
public final class TextEncoder implements AutoCloseable {
  /** Texts tokenised ahead and sorted by length together; their ids are all that is held. */
  private static final int WINDOW = 4096;

  private final NDManager manager;
  private final StateDict weights;
  private final Encoder encoder;
  private final Tokenizer tokenizer;
  private final EncoderOptions options;
  private final ExecutorService helper;

  private TextEncoder(
      NDManager manager,
      StateDict weights,
      Encoder encoder,
      Tokenizer tokenizer,
      EncoderOptions options) {
    this.manager = manager;
    this.weights = weights;
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.options = options;
    this.helper =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "ccpairs-tokenizer");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Opens a model's folder.
   *
   * @throws ModelFileException when a file is missing or does not fit the others, naming it; or
   *     when texts shall have more tokens than the model has positions
   */
  public static TextEncoder open(Path folder, EncoderOptions options) throws IOException {
    ModelFolder model = ModelFolder.open(folder);
    int maxTokens = options.maxTokens() == 0 ? model.maxTokens() : options.maxTokens();
    if (maxTokens > model.config().maxTokens()) {
      throw new ModelFileException(
          "Cannot cut texts to "
              + maxTokens
              + " tokens: the model in "
              + folder
              + " has positions for "
              + model.config().maxTokens());
    }
    Prefixes prefixes = options.prefixes() == null ? model.prefixes() : options.prefixes();
    NDManager manager = Torch.manager(options.device());
    try {
      Torch.inferOnThisThread();
      StateDict weights = model.weights(manager);
      Encoder encoder = new Encoder(model.config(), weights, options.precision());
      Tokenizer tokenizer =
          Tokenizer.open(model.tokenizerFile(), model.config().vocabulary(), maxTokens, prefixes);
      return new TextEncoder(manager, weights, encoder, tokenizer, options);
    } catch (IOException | RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Numbers of a vector. */
  public int dimensions() {
    return encoder.dimensions();
  }

  /** The tokenizer, with prefixes and limit as opened. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The encoder under this one. */
  public Encoder encoder() {
    return encoder;
  }

  /**
   * Embeddings of texts, in their order.
   *
   * @param role decides the prefix
   * @return one row of unit length for each text
   */
  public Embeddings encode(Role role, List<String> texts) {
    int[] rows = new int[texts.size()];
    List<String> distinct = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < rows.length; i++) {
      String text = texts.get(i);
      Integer row = seen.putIfAbsent(text, distinct.size());
      if (row == null) {
        rows[i] = distinct.size();
        distinct.add(text);
      } else {
        rows[i] = row;
      }
    }
    seen.clear();
    float[] vectors = encodeDistinct(role, distinct);
    if (distinct.size() == rows.length) {
      return new Embeddings(dimensions(), vectors);
    }
    int width = dimensions();
    float[] all = new float[Math.multiplyExact(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(vectors, rows[i] * width, all, i * width, width);
    }
    return new Embeddings(width, all);
  }

  private float[] encodeDistinct(Role role, List<String> texts) {
    float[] vectors = new float[Math.multiplyExact(texts.size(), dimensions())];
    Torch.inferOnThisThread();
    if (options.threads() > 0) {
      Torch.threads(options.threads());
    }
    Future<int[][]> next = tokenise(role, texts, 0);
    for (int begin = 0; begin < texts.size(); begin += WINDOW) {
      int[][] ids = join(next);
      if (begin + WINDOW < texts.size()) {
        next = tokenise(role, texts, begin + WINDOW);
      }
      encodeWindow(ids, vectors, begin);
    }
    return vectors;
  }

  private Future<int[][]> tokenise(Role role, List<String> texts, int begin) {
    List<String> window = texts.subList(begin, Math.min(texts.size(), begin + WINDOW));
    return helper.submit(
        () -> {
          int[][] ids = new int[window.size()][];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = tokenizer.ids(role, window.get(i));
          }
          return ids;
        });
  }

  private static int[][] join(Future<int[][]> ids) {
    try {
      return ids.get();
    } catch (InterruptedException e) {
      ids.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while tokenising", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot tokenise: " + e.getCause(), e);
    }
  }

  /** Sorts by length, then fills batches up to the budget of tokens. */
  private void encodeWindow(int[][] ids, float[] vectors, int firstRow) {
    int[] order =
        IntStream.range(0, ids.length)
            .boxed()
            .sorted(Comparator.comparingInt(text -> ids[text].length))
            .mapToInt(Integer::intValue)
            .toArray();
    boolean pad = options.device().isGpu();
    int begin = 0;
    while (begin < order.length) {
      int end = begin;
      long tokens = 0;
      while (end < order.length) {
        int length = ids[order[end]].length;
        tokens = pad ? (end - begin + 1L) * length : tokens + length;
        if (end > begin && tokens > options.batchTokens()) {
          break;
        }
        end++;
      }
      encodeBatch(ids, order, begin, end, vectors, firstRow);
      begin = end;
    }
  }

  private void encodeBatch(
      int[][] ids, int[] order, int begin, int end, float[] vectors, int firstRow) {
    List<int[]> texts = new ArrayList<>(end - begin);
    for (int i = begin; i < end; i++) {
      texts.add(ids[order[i]]);
    }
    TokenBatch batch =
        options.device().isGpu()
            ? TokenBatch.padded(texts, encoder.config().padId())
            : TokenBatch.packed(texts);
    int width = dimensions();
    try (NDManager scope = manager.newSubManager()) {
      NDArray rows = encoder.encode(scope, batch);
      float[] values = rows.toFloatArray();
      for (int i = begin; i < end; i++) {
        System.arraycopy(
            values, (i - begin) * width, vectors, (firstRow + order[i]) * width, width);
      }
    }
  }

  @Override
  public void close() {
    helper.shutdownNow();
    encoder.close();
    weights.close();
    tokenizer.close();
    manager.close();
  }
}
