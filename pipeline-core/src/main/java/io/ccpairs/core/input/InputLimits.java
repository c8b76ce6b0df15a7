package io.ccpairs.core.input;

import java.io.Serializable;

/**
 * What a file may ask of the memory and time of a task.
 *
 * @param maxRecordBytes a longer record is skipped and reported; nothing longer is ever held
 * @param maxWindowLog largest zstd window as a power of two; Reddit's dumps need 31, which is 2 GiB
 *     of native memory
 * @param maxExpansion a file that unpacks to more than this many times its size, and to more than a
 *     gigabyte, is refused
 */
public record InputLimits(int maxRecordBytes, int maxWindowLog, int maxExpansion)
    implements Serializable {

  /** Limits that every real dump keeps. */
  public static InputLimits defaults() {
    return new InputLimits(
        32 << 20, // the longest page of a real wiki is below 4 MiB
        31, 2_000); // dumps unpack to 4 to 20 times their size
  }

  /** The same limits for records of another length. */
  public InputLimits withMaxRecordBytes(int bytes) {
    return new InputLimits(bytes, maxWindowLog, maxExpansion);
  }
}
