package io.ccpairs.core.train;

import io.ccpairs.core.shard.BatchSource;
import io.ccpairs.core.train.collective.Collective;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads and tokenises a rank's next slice on a thread of its own, while a step computes. */
public final class SliceReader implements Closeable {
  private static final int CLOSE_SECONDS = 60;

  private final BatchSource source;
  private final Trainer trainer;
  private final Collective ranks;
  private final ExecutorService thread;
  private long step;
  private @Nullable Future<TokenisedSlice> next;

  /**
   * Begins to read the batch of a trainer's next step.
   *
   * @param ranks of which the trainer is one
   */
  public SliceReader(BatchSource source, Trainer trainer, Collective ranks) {
    this.source = source;
    this.trainer = trainer;
    this.ranks = ranks;
    this.step = trainer.step();
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread reader = new Thread(task, "ccpairs-slice-reader");
              reader.setDaemon(true);
              return reader;
            });
    this.next = read();
  }

  /** Begins to read the batch of this step; none after the trainer's last. */
  private @Nullable Future<TokenisedSlice> read() {
    long own = step;
    if (own >= trainer.steps()) {
      return null;
    }
    return thread.submit(() -> trainer.tokenise(source.slice(own, ranks.rank(), ranks.world())));
  }

  /**
   * The next slice; the one after it is begun.
   *
   * @throws IOException as the source throws it
   * @throws IllegalStateException after the trainer's last step
   */
  public TokenisedSlice next() throws IOException {
    Future<TokenisedSlice> begun = next;
    if (begun == null) {
      throw new IllegalStateException("Cannot read batch " + step + ": it is beyond the last step");
    }
    try {
      TokenisedSlice slice = begun.get();
      step++;
      next = read();
      return slice;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while reading batch " + step, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IOException("Cannot read batch " + step, e.getCause());
    }
  }

  /** Ends reading, and waits for it: the tokenizer must not be closed under it. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Cannot end reading batch " + step);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
