package io.ccpairs.core.train.collective;

import java.io.IOException;

/** An exchange that did not come about: names the rank that is lost, late or wrong, and how. */
public final class CollectiveException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The message names the rank. */
  public CollectiveException(String message) {
    super(message);
  }

  /** The message names the rank. */
  public CollectiveException(String message, Throwable cause) {
    super(message, cause);
  }
}
