package io.ccpairs.core.encoder;

import ai.djl.Device;
import io.ccpairs.core.encoder.kernel.Precision;
import org.jspecify.annotations.Nullable;

/**
 * How an encoder runs; what it computes is the folder's.
 *
 * @param device where it runs
 * @param precision number format of products and attention
 * @param threads for one operation on the CPU; 0 leaves the engine's own choice, which is one for
 *     each core
 * @param batchTokens the most tokens of a batch
 * @param maxTokens the most tokens of a text; 0 for what the folder says
 * @param prefixes before texts of each role; null for what the folder says
 */
public record EncoderOptions(
    Device device,
    Precision precision,
    int threads,
    int batchTokens,
    int maxTokens,
    @Nullable Prefixes prefixes) {
  private static final int CPU_BATCH_TOKENS = 2048; // activations of more leave the caches
  private static final int GPU_BATCH_TOKENS = 65_536; // fills a large GPU with small matrices

  public EncoderOptions {
    if (threads < 0 || batchTokens < 1 || maxTokens < 0) {
      throw new IllegalArgumentException(
          "Cannot encode with "
              + threads
              + " threads, batches of "
              + batchTokens
              + " tokens and texts of "
              + maxTokens
              + " tokens");
    }
  }

  /** float32 on the CPU. */
  public static EncoderOptions cpu() {
    return new EncoderOptions(Device.cpu(), Precision.FLOAT32, 0, CPU_BATCH_TOKENS, 0, null);
  }

  /** bfloat16 on one GPU, by its number in this process. */
  public static EncoderOptions gpu(int number) {
    return new EncoderOptions(Device.gpu(number), Precision.BFLOAT16, 0, GPU_BATCH_TOKENS, 0, null);
  }

  /** The same with this many threads. */
  public EncoderOptions withThreads(int count) {
    return new EncoderOptions(device, precision, count, batchTokens, maxTokens, prefixes);
  }

  /** The same with batches of this many tokens. */
  public EncoderOptions withBatchTokens(int count) {
    return new EncoderOptions(device, precision, threads, count, maxTokens, prefixes);
  }

  /** The same with texts cut to this many tokens. */
  public EncoderOptions withMaxTokens(int count) {
    return new EncoderOptions(device, precision, threads, batchTokens, count, prefixes);
  }
}
