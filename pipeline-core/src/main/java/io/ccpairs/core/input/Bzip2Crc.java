package io.ccpairs.core.input;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * The checksum of bzip2: CRC-32 with the highest bit of a byte first. The JVM computes the one with
 * the lowest bit first in hardware; over bytes with their bits turned round that is the same.
 */
final class Bzip2Crc {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EVERY_SECOND = 0x5555555555555555L;
  private static final long EVERY_OTHER_TWO = 0x3333333333333333L;
  private static final long EVERY_OTHER_FOUR = 0x0F0F0F0F0F0F0F0FL;
  private static final int STRETCH = 1 << 13;

  private final CRC32 crc = new CRC32();
  private final byte[] turned = new byte[STRETCH];

  /** The checksum of the first {@code length} bytes. */
  int of(byte[] bytes, int length) {
    crc.reset();
    for (int from = 0; from < length; from += STRETCH) {
      int count = Math.min(STRETCH, length - from);
      turn(bytes, from, count);
      crc.update(turned, 0, count);
    }
    return Integer.reverse((int) crc.getValue());
  }

  private void turn(byte[] bytes, int from, int count) {
    final byte[] turned = this.turned;
    int i = 0;
    for (; i + Long.BYTES <= count; i += Long.BYTES) {
      LONGS.set(turned, i, turned((long) LONGS.get(bytes, from + i)));
    }
    for (; i < count; i++) {
      turned[i] = (byte) turned(bytes[from + i]);
    }
  }

  /** Each byte with its bits turned round. */
  private static long turned(long bytes) {
    long bits = bytes;
    bits = (bits >>> 1 & EVERY_SECOND) | (bits & EVERY_SECOND) << 1;
    bits = (bits >>> 2 & EVERY_OTHER_TWO) | (bits & EVERY_OTHER_TWO) << 2;
    return (bits >>> 4 & EVERY_OTHER_FOUR) | (bits & EVERY_OTHER_FOUR) << 4;
  }
}
