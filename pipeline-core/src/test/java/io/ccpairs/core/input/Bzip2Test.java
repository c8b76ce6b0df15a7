package io.ccpairs.core.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.PairId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
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
