package io.ccpairs.jobs.dedup;

import java.nio.ByteBuffer;

/** 64-bit hashes as one binary column: Spark would box each element of an array. */
final class Hashes {
  private Hashes() {}

  static byte[] bytes(long[] hashes) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * hashes.length);
    bytes.asLongBuffer().put(hashes);
    return bytes.array();
  }

  static long[] of(byte[] bytes) {
    long[] hashes = new long[bytes.length / 8];
    ByteBuffer.wrap(bytes).asLongBuffer().get(hashes);
    return hashes;
  }
}
