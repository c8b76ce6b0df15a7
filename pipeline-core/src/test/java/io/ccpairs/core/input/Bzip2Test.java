package io.ccpairs.core.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.PairId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Bzip2Test {
  private static final byte[] NOISE = new byte[1_900_000];

  static {
    ByteBuffer noise = ByteBuffer.wrap(NOISE);
    while (noise.hasRemaining()) {
      noise.putLong(PairId.draw("noise", noise.position()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 63, 255, 256, 257, 5_000, 100_003, 900_000, 1_900_000})
  void textsOfEveryKindComeBack(int length) throws IOException {
    for (Kind kind : Kind.values()) {
      byte[] text = new byte[length];
      for (int i = 0; i < length; i++) {
        text[i] = (byte) kind.at(i);
      }
      assertThat(Arrays.equals(unpacked(Bytes.bzip2(text)), text)).as("%s", kind).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 8, 9, 10, 254, 255, 256, 259, 260, 261, 1_000, 300_000})
  void runsOfEveryLengthComeBackBetweenOthers(int run) throws IOException {
    byte[] text = new byte[3 * run + 4];
    Arrays.fill(text, 0, run, (byte) 'a');
    text[run] = 'b';
    Arrays.fill(text, run + 2, 2 * run + 2, (byte) 'b');
    Arrays.fill(text, 2 * run + 3, 3 * run + 3, (byte) 255);
    assertThat(Arrays.equals(unpacked(Bytes.bzip2(text)), text)).isTrue();
  }

  @Test
  void aBlockAsLongAsABlockCanBeIsRead() throws IOException {
    byte[] text = new byte[900_000];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) Kind.TWO_IN_TURN.at(i);
    }
    byte[] packed = twoInTurn(450_000, 450_000, new Bzip2Crc().of(text, text.length));
    assertThat(Arrays.equals(unpacked(packed), text)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "450000, 450001",
    "450000, 450002",
    "450000, 450008",
    "450000, 450009",
    "450000, 500000000",
    "900000, 1",
    "900000, 2",
    "900001, 1",
    "900008, 1",
    "900009, 1",
    "1000000000, 1",
  })
  void aBlockThatGrowsLongerThanABlockCanBeIsRefusedWithItsPlace(int first, int second) {
    byte[] packed = twoInTurn(first, second, 0);
    assertThatThrownBy(() -> unpacked(packed))
        .isInstanceOf(CorruptInputException.class)
        .hasMessageContaining("a.bz2")
        .hasMessageContaining("longer than a block can be");
  }

  /**
   * A file of one block, which no packer writes when it is too long: a run of b and a run of a,
   * which are the letters a and b in turn where both are as long.
   */
  private static byte[] twoInTurn(int first, int second, int crc) {
    StringBuilder bits = new StringBuilder();
    for (byte b : new byte[] {'B', 'Z', 'h', '9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59}) {
      put(bits, 8, b);
    }
    put(bits, 32, crc);
    put(bits, 1, 0); // not randomised
    put(bits, 24, 0); // the text is the first rotation
    put(bits, 16, 1 << (15 - ('a' >> 4)));
    put(bits, 16, 1 << (15 - ('a' & 15)) | 1 << (15 - ('b' & 15)));
    put(bits, 3, 2); // tables
    put(bits, 15, 2); // stretches of fifty symbols
    put(bits, 2, 0); // which have the first table
    for (int table = 0; table < 2; table++) {
      put(bits, 5, 2);
      put(bits, 4, 0); // all four symbols have two bits
    }
    put(bits, 2, 2); // the letter behind the front one
    putRun(bits, first - 1);
    put(bits, 2, 2);
    putRun(bits, second - 1);
    put(bits, 2, 3); // the end
    for (byte b : new byte[] {0x17, 0x72, 0x45, 0x38, 0x50, (byte) 0x90}) {
      put(bits, 8, b);
    }
    put(bits, 32, crc);
    bits.append("0".repeat(-bits.length() & 7));
    return new BigInteger(bits.toString(), 2).toByteArray();
  }

  /** As many of the front letter, in digits that are worth one and two times a power of two. */
  private static void putRun(StringBuilder bits, int run) {
    for (int left = run; left > 0; left = (left - 1) >> 1) {
      put(bits, 2, (left & 1) == 1 ? 0 : 1);
    }
  }

  private static void put(StringBuilder bits, int width, int value) {
    for (int bit = width - 1; bit >= 0; bit--) {
      bits.append(value >>> bit & 1);
    }
  }

  /**
   * What stands at each place of a text; those that repeat themselves come round before their end.
   */
  private enum Kind {
    ONE_BYTE,
    TWO_IN_TURN,
    PERIOD_OF_A_THOUSAND,
    ALL_VALUES_DOWN,
    TWO_BY_CHANCE,
    ALL_BY_CHANCE,
    SKEWED;

    int at(int i) {
      return switch (this) {
        case ONE_BYTE -> 'a';
        case TWO_IN_TURN -> 'a' + (i & 1);
        case PERIOD_OF_A_THOUSAND -> noise(i % 1000);
        case ALL_VALUES_DOWN -> -i;
        case TWO_BY_CHANCE -> noise(i) & 1;
        case ALL_BY_CHANCE -> noise(i);
        case SKEWED -> Integer.numberOfLeadingZeros(noise(i)) * (noise(i / 64) >>> 5);
      };
    }
  }

  private static int noise(int i) {
    return NOISE[i] & 0xFF;
  }

  private static byte[] unpacked(byte[] packed) throws IOException {
    Bytes file = new Bytes("a.bz2", packed);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (Bzip2Chunks chunks = new Bzip2Chunks(new Split(file, 0, file.length()), Bytes.LIMITS)) {
      while (chunks.next()) {
        text.write(chunks.bytes(), 0, chunks.length());
      }
    }
    return text.toByteArray();
  }
}
