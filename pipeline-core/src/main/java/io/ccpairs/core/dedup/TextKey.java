package io.ccpairs.core.dedup;

import io.ccpairs.core.pair.PairId;

/**
 * 128 bits that stand for a folded text: equal texts have equal keys, and of a billion different
 * texts no two share one but with a chance of 2 in 10^21.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record TextKey(long high, long low) {
  private static final long MULTIPLIER_1 = 0x9E3779B97F4A7C15L;
  private static final long MULTIPLIER_2 = 0xC2B2AE3D27D4EB4FL;

  /** The key of texts one after the other; ("ab", "c") and ("a", "bc") have different keys. */
  public static TextKey of(String... folded) {
    long a = 1;
    long b = 2;
    for (String text : folded) {
      long length = text.length();
      a = PairId.mix(a ^ length * MULTIPLIER_1);
      b = PairId.mix(b + length * MULTIPLIER_2);
      int i = 0;
      for (; i + 4 <= length; i += 4) {
        long four =
            text.charAt(i)
                | (long) text.charAt(i + 1) << 16
                | (long) text.charAt(i + 2) << 32
                | (long) text.charAt(i + 3) << 48;
        a = (Long.rotateLeft(a, 29) ^ four) * MULTIPLIER_1;
        b = Long.rotateLeft(b ^ PairId.mix(four), 31) * MULTIPLIER_2;
      }
      for (; i < length; i++) {
        a = (Long.rotateLeft(a, 29) ^ text.charAt(i)) * MULTIPLIER_1;
        b = Long.rotateLeft(b ^ PairId.mix(text.charAt(i)), 31) * MULTIPLIER_2;
      }
    }
    return new TextKey(PairId.mix(a), PairId.mix(b ^ a));
  }
}
