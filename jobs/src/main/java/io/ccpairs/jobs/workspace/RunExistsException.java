package io.ccpairs.jobs.workspace;

/** A run stands where another was asked for. The message says which, and what would differ. */
public final class RunExistsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RunExistsException(String message) {
    super(message);
  }
}
