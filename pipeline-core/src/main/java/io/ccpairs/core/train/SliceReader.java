package io.ccpairs.core.train;

import io.ccpairs.core.shard.BatchSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads and tokenises a rank's next slice on a thread of its own, while a step computes. */
public final class SliceReader implements Closeable {
  private final BatchSource source;
  private final Trainer trainer;
  private final int rank;
  private final int world;
  private final ExecutorService thread;
  private long step;
  private Future<TokenisedSlice> next;

  /**
   * Begins to read.
   *
   * @param trainer whose tokenizer is used
   * @param step the first batch, from 0: the optimiser steps that are done
   */
  public SliceReader(BatchSource source, Trainer trainer, int rank, int world, long step) {
    this.source = source;
    this.trainer = trainer;
    this.rank = rank;
    this.world = world;
    this.step = step;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread reader = new Thread(task, "ccpairs-slice-reader");
              reader.setDaemon(true);
              return reader;
            });
    this.next = read();
  }

  private Future<TokenisedSlice> read() {
    long own = step;
    return thread.submit(() -> trainer.tokenise(source.slice(own, rank, world)));
  }

  /**
   * The next slice; the one after it is begun.
   *
   * @throws IOException as the source throws it
   */
  public TokenisedSlice next() throws IOException {
    try {
      TokenisedSlice slice = next.get();
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

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
