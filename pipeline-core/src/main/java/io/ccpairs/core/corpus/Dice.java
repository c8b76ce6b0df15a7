package io.ccpairs.core.corpus;

import io.ccpairs.core.pair.PairId;
import java.util.List;

/**
 * Throws that depend on a key and on how many were made before; the same key gives the same throws.
 */
final class Dice {
  private final long key;
  private long thrown;

  private Dice(long key) {
    this.key = key;
  }

  /** Dice for record {@code number} of a kind. */
  static Dice of(long seed, String kind, long number) {
    return new Dice(PairId.mix(PairId.draw(kind, seed) + PairId.mix(number)));
  }

  /** Uniform between 0 and {@code sides} - 1. */
  int roll(int sides) {
    return (int) Long.remainderUnsigned(PairId.mix(key + 0x9E3779B97F4A7C15L * ++thrown), sides);
  }

  boolean chance(double share) {
    return roll(1_000_000) < share * 1_000_000;
  }

  <T> T pick(List<T> choices) {
    return choices.get(roll(choices.size()));
  }

  String pick(String... choices) {
    return choices[roll(choices.length)];
  }
}
