package io.ccpairs.core.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged file is an error that names it; never a short count, never other records. */
class DamageTest {
  private static final List<String> LINES = Bytes.lines(4_000, 9);
  private static final byte[] CONTENT = Bytes.join(LINES, "\n");

  private static byte[] packed(String name) {
    return switch (name) {
      case "one-stream.bz2" -> Bytes.bzip2(CONTENT);
      case "many-streams.bz2" -> Bytes.bzip2(CONTENT, 7_001);
      case "a.gz" -> Bytes.gzip(CONTENT);
      case "a.zst" -> Bytes.zstd(CONTENT);
      default -> Bytes.sevenZip("Posts.xml", CONTENT);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-stream.bz2", "many-streams.bz2", "a.gz", "a.zst", "a.7z"})
  void aCutFileIsAnErrorThatNamesIt(String name) {
    byte[] whole = packed(name);
    List<Integer> cuts = new ArrayList<>();
    for (int i = 1; i <= 16; i++) {
      cuts.add(whole.length - i);
    }
    for (int i = 1; i < 24; i++) {
      cuts.add((int) ((long) whole.length * i / 24));
    }
    for (int cut : cuts) {
      Bytes file = new Bytes(name, Arrays.copyOf(whole, cut));
      for (int target : new int[] {whole.length, whole.length / 5}) {
        if (endsWithAStream(name, whole, cut)) {
          continue;
        }
        assertThatThrownBy(() -> Bytes.records(file, target, Bytes.LINES))
            .as("%s cut at byte %d of %d", name, cut, whole.length)
            .isInstanceOf(CorruptInputException.class)
            .hasMessageContaining(name);
      }
    }
  }

  /** A file of several streams that is cut between two of them is a whole file; nobody can tell. */
  private static boolean endsWithAStream(String name, byte[] whole, int cut) {
    return name.equals("many-streams.bz2")
        && whole[cut] == 'B'
        && whole[cut + 1] == 'Z'
        && whole[cut + 2] == 'h';
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-stream.bz2", "many-streams.bz2", "a.gz", "a.zst", "a.7z"})
  void aFlippedBitIsNoticedOrChangesNothing(String name) {
    byte[] whole = packed(name);
    int noticed = 0;
    for (int i = 0; i < 120; i++) {
      byte[] flipped = whole.clone();
      long draw = PairId.draw(name + i, 11);
      int bit = (int) Long.remainderUnsigned(draw, whole.length * 8L);
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Bytes file = new Bytes(name, flipped);
      try {
        assertThat(Bytes.records(file, whole.length / (1 + i % 4), Bytes.LINES))
            .as("bit %d", bit)
            .isEqualTo(LINES);
      } catch (IOException e) {
        assertThat(e).isInstanceOf(CorruptInputException.class).hasMessageContaining(name);
        noticed++;
      }
    }
    assertThat(noticed).isGreaterThan(100);
  }

  @Test
  void aDamagedMagicNumberInTheMiddleIsNotPassedOver() {
    byte[] whole = packed("many-streams.bz2");
    int damaged = 0;
    for (int i = 4; i + 6 < whole.length && damaged < 20; i++) {
      if (whole[i] == 0x31
          && whole[i + 1] == 0x41
          && whole[i + 2] == 0x59
          && whole[i + 3] == 0x26) {
        byte[] flipped = whole.clone();
        flipped[i + 1] ^= 4;
        Bytes file = new Bytes("a.bz2", flipped);
        assertThatThrownBy(() -> Bytes.records(file, 3_000, Bytes.LINES))
            .isInstanceOf(CorruptInputException.class);
        damaged++;
      }
    }
    assertThat(damaged).isGreaterThan(10);
  }

  @Test
  void bytesBehindTheEndAreAnError() {
    byte[] whole = packed("one-stream.bz2");
    byte[] longer = Arrays.copyOf(whole, whole.length + 5);
    assertThatThrownBy(() -> Bytes.records(new Bytes("a.bz2", longer), 1_000_000, Bytes.LINES))
        .hasMessageContaining("a.bz2 at byte " + whole.length)
        .hasMessageContaining("no bzip2 stream");
  }
}
