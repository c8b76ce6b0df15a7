package io.ccpairs.jobs.train;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Prints figures as ranks write them, wherever they run. */
final class Follower implements AutoCloseable {
  private static final long PAUSE_MILLIS = 1_000;

  private final TrainingFolder folder;
  private final long steps;
  private final Consumer<String> lines;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Thread thread = new Thread(this::follow, "ccpairs-figures");
  private long shown = -1;

  Follower(TrainingFolder folder, long steps, Consumer<String> lines) throws IOException {
    this.folder = folder;
    this.steps = steps;
    this.lines = lines;
    List<Map<String, Double>> old = folder.figures(-1);
    if (!old.isEmpty()) {
      shown = Math.round(Meter.figure(old.get(old.size() - 1), "step"));
    }
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void follow() {
    try {
      while (!ended.get()) {
        Thread.sleep(PAUSE_MILLIS);
        show();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void show() {
    try {
      for (Map<String, Double> figures : folder.figures(shown)) {
        shown = Math.round(Meter.figure(figures, "step"));
        lines.accept(Meter.line(figures, steps));
      }
    } catch (IOException e) {
      // Figures are for people; what matters is written by ranks, who fail on their own.
      System.getLogger(Follower.class.getName())
          .log(System.Logger.Level.DEBUG, "Cannot follow " + folder.path(), e);
    }
  }

  @Override
  public void close() {
    ended.set(true);
    thread.interrupt();
    show();
  }
}
