package io.ccpairs.jobs.cli;

/** Elapsed time for people. */
final class Clock {
  private Clock() {}

  /**
   * The time since a moment.
   *
   * @param startNanos of {@link System#nanoTime}
   */
  static String since(long startNanos) {
    long seconds = (System.nanoTime() - startNanos) / 1_000_000_000L;
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}
