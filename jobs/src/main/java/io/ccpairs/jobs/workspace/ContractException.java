package io.ccpairs.jobs.workspace;

/**
 * A stage ended but may not publish: its rows do not add up, or too many records could not be read.
 */
public final class ContractException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ContractException(String message) {
    super(message);
  }
}
