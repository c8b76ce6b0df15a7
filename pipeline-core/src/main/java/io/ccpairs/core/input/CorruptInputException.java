package io.ccpairs.core.input;

import java.io.IOException;

/**
 * A file is damaged, cut short, or not what its name says: nothing behind the place can be trusted.
 */
public final class CorruptInputException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * An error that names the file and the place.
   *
   * @param file the file's name
   * @param place where in it, for example {@code byte 1234}
   * @param reason what is wrong there
   */
  public CorruptInputException(String file, String place, String reason) {
    super("Cannot read " + file + " at " + place + ": " + reason);
  }
}
