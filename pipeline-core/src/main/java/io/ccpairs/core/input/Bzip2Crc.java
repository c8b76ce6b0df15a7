package io.ccpairs.core.input;

/** The checksum of bzip2: CRC-32 with the highest bit first, eight bytes a step. */
final class Bzip2Crc {
  private static final int POLYNOMIAL = 0x04C11DB7;
  private static final int[][] TABLES = new int[8][256];

  static {
    for (int i = 0; i < 256; i++) {
      int crc = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc < 0 ? crc << 1 ^ POLYNOMIAL : crc << 1;
      }
      TABLES[0][i] = crc;
    }
    for (int table = 1; table < 8; table++) {
      for (int i = 0; i < 256; i++) {
        int crc = TABLES[table - 1][i];
        TABLES[table][i] = crc << 8 ^ TABLES[0][crc >>> 24];
      }
    }
  }

  private Bzip2Crc() {}

  /** The checksum of the first {@code length} bytes. */
  static int of(byte[] bytes, int length) {
    int[] t0 = TABLES[0];
    int[] t1 = TABLES[1];
    int[] t2 = TABLES[2];
    int[] t3 = TABLES[3];
    int[] t4 = TABLES[4];
    int[] t5 = TABLES[5];
    int[] t6 = TABLES[6];
    int[] t7 = TABLES[7];
    int crc = -1;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      int word =
          crc
              ^ (bytes[i] << 24
                  | (bytes[i + 1] & 0xFF) << 16
                  | (bytes[i + 2] & 0xFF) << 8
                  | (bytes[i + 3] & 0xFF));
      crc =
          t7[word >>> 24]
              ^ t6[word >>> 16 & 0xFF]
              ^ t5[word >>> 8 & 0xFF]
              ^ t4[word & 0xFF]
              ^ t3[bytes[i + 4] & 0xFF]
              ^ t2[bytes[i + 5] & 0xFF]
              ^ t1[bytes[i + 6] & 0xFF]
              ^ t0[bytes[i + 7] & 0xFF];
    }
    for (; i < length; i++) {
      crc = crc << 8 ^ t0[crc >>> 24 ^ (bytes[i] & 0xFF)];
    }
    return ~crc;
  }
}
