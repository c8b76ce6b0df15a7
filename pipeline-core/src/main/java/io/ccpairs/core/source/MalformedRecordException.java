package io.ccpairs.core.source;

/**
 * One record of a dump cannot be understood. The message says why in words that stay free of the
 * record's text; who reads the file adds its name and the place, counts the record and goes on.
 */
public final class MalformedRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedRecordException(String reason) {
    super(reason, null, false, false);
  }
}
