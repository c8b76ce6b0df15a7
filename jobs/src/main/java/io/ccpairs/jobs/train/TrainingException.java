package io.ccpairs.jobs.train;

/** A training that cannot begin, or that was stopped; the message says what to do. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what to do. */
  public TrainingException(String message) {
    super(message);
  }

  /** With what to do, and why. */
  public TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
