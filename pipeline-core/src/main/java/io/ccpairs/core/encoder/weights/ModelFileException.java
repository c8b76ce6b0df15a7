package io.ccpairs.core.encoder.weights;

import java.io.IOException;

/** A model file that cannot be used: says which file, which tensor or key, and why. */
public final class ModelFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The message names the file. */
  public ModelFileException(String message) {
    super(message);
  }

  /** The message names the file. */
  public ModelFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
