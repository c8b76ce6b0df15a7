package io.ccpairs.core.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;

/** How a file is packed. */
enum Container {
  PLAIN(""),
  BZIP2(".bz2"),
  GZIP(".gz"),
  ZSTD(".zst"),
  SEVEN_ZIP(".7z");

  private static final int LONGEST_MAGIC = 6;

  /** What is known by its first bytes so that it is not taken for plain text. */
  private static final Map<String, int[]> UNREAD =
      Map.of(
          "xz", new int[] {0xFD, '7', 'z', 'X', 'Z', 0},
          "zip", new int[] {'P', 'K', 3, 4},
          "lz4", new int[] {0x04, 0x22, 0x4D, 0x18},
          "rar", new int[] {'R', 'a', 'r', '!', 0x1A, 0x07});

  private final String suffix;

  Container(String suffix) {
    this.suffix = suffix;
  }

  /** Whether a reader can begin in the middle. */
  boolean splittable() {
    return this == PLAIN || this == BZIP2;
  }

  /**
   * Tells by the first bytes.
   *
   * @throws CorruptInputException when the name claims another container than the bytes, or the
   *     bytes are packed in one that is not read
   */
  static Container of(ByteSource source) throws IOException {
    byte[] magic;
    try (InputStream in = source.open(0)) {
      magic = in.readNBytes(LONGEST_MAGIC);
    }
    for (Map.Entry<String, int[]> unread : UNREAD.entrySet()) {
      if (starts(magic, unread.getValue())) {
        throw new CorruptInputException(
            source.name(),
            "byte 0",
            "it is packed as "
                + unread.getKey()
                + ", which is not read; unpack it, or pack it as .zst or .bz2");
      }
    }
    Container found = byMagic(magic);
    String name = source.name().toLowerCase(Locale.ROOT);
    for (Container container : values()) {
      if (container != PLAIN && container != found && name.endsWith(container.suffix)) {
        throw new CorruptInputException(
            source.name(),
            "byte 0",
            magic.length == 0
                ? "the file is empty, not even a header"
                : "its name says " + container.suffix + ", its bytes do not");
      }
    }
    return found;
  }

  private static Container byMagic(byte[] bytes) {
    if (starts(bytes, 'B', 'Z', 'h') && bytes.length > 3 && bytes[3] >= '1' && bytes[3] <= '9') {
      return BZIP2;
    } else if (starts(bytes, 0x1F, 0x8B)) {
      return GZIP;
    } else if (starts(bytes, 0x28, 0xB5, 0x2F, 0xFD)
        || (bytes.length > 3
            && (bytes[0] & 0xF0) == 0x50
            && bytes[1] == 0x2A
            && bytes[2] == 0x4D
            && bytes[3] == 0x18)) {
      return ZSTD;
    } else if (starts(bytes, '7', 'z', 0xBC, 0xAF, 0x27, 0x1C)) {
      return SEVEN_ZIP;
    }
    return PLAIN;
  }

  private static boolean starts(byte[] bytes, int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
