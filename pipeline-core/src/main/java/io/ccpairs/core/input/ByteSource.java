package io.ccpairs.core.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;

/**
 * One file that can be opened at any place; local, HDFS and S3 alike. Small, so that tasks can
 * carry it.
 */
public interface ByteSource extends Serializable {

  /** The path as the user would write it; errors and bad records name it. */
  String name();

  /** Bytes in the file. */
  long length();

  /**
   * A stream that starts at byte {@code from}. The caller closes it.
   *
   * @param from between 0 and {@link #length()}
   */
  InputStream open(long from) throws IOException;
}
