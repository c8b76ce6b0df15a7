package io.ccpairs.core.shard;

import io.ccpairs.core.pair.PairId;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How pairs become global batches, as functions of seed, epoch and id alone.
 *
 * <p>Each pair has a place in [0, 1); pairs in the order of their places fill the batches of their
 * stream. A thread's pairs begin at a random place and lie at even distances over the whole epoch,
 * so siblings meet in a batch only when there are more of them than batches. n pairs make K = ⌈n /
 * B⌉ batches of ⌊n / K⌋ or ⌈n / K⌉ pairs: no pair is left over, none is padded, and all batches are
 * of one size but for one pair.
 */
public final class BatchPlan {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  // What a draw decides.
  private static final int ORDER = 1;
  private static final int START = 2;
  private static final int SHARE = 3;
  private static final int SAMPLE = -1; // before any epoch

  private BatchPlan() {}

  /** A pair's draw in an epoch: siblings are numbered in the order of their draws. */
  public static long draw(String pairId, long seed, int epoch) {
    return PairId.draw(pairId, seed(seed, epoch, ORDER));
  }

  /** A pair's draw for a training on fewer pairs than there are: the smallest take part. */
  public static long sampleDraw(String pairId, long seed) {
    return PairId.draw(pairId, seed(seed, 0, SAMPLE));
  }

  /**
   * The place of a pair in an epoch, in [0, 1).
   *
   * @param queryKey the key that siblings share, with what makes it unique over origins
   * @param sibling the pair's number among its siblings, from 0
   * @param siblings how many there are, itself included
   */
  public static double place(String queryKey, int sibling, int siblings, long seed, int epoch) {
    double start = unit(PairId.draw(queryKey, seed(seed, epoch, START)));
    double place = start + (double) sibling / siblings;
    return place >= 1 ? place - 1 : place;
  }

  /**
   * Whether a pair takes part in an epoch when only a share of its source does. The shares of
   * successive epochs lie side by side, so each pair has its turn as often as any other.
   *
   * @param share in [0, 1]
   */
  public static boolean takesPart(String pairId, double share, long seed, int epoch) {
    if (share >= 1) {
      return true;
    }
    double at = unit(PairId.draw(pairId, seed(seed, 0, SHARE))) - epoch * share;
    return at - Math.floor(at) < share;
  }

  /**
   * The share of each source that takes part in an epoch: sources stand in the proportion of weight
   * · pairs^exponent, and none gives a pair twice. The source that would run out first gives all.
   *
   * @param pairs of each source
   * @param weights of each source, 0 leaves it out
   * @param exponent 1 takes sources as they are, 0 makes them equally large
   */
  public static double[] shares(long[] pairs, double[] weights, double exponent) {
    double[] wanted = new double[pairs.length];
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < pairs.length; i++) {
      wanted[i] = pairs[i] == 0 ? 0 : weights[i] * Math.pow((double) pairs[i], exponent - 1);
      if (wanted[i] > 0) {
        least = Math.min(least, 1 / wanted[i]);
      }
    }
    for (int i = 0; i < wanted.length; i++) {
      double share = wanted[i] * least;
      // Equal weights at exponent 1 give 1 but for rounding.
      wanted[i] = wanted[i] == 0 ? 0 : share > 1 - 1e-12 ? 1 : share;
    }
    return wanted;
  }

  /**
   * A stream of pairs that fill batches of their own.
   *
   * @param name for example {@code all}, or an origin
   * @param rows pairs in it
   * @param batches how many they fill
   */
  public record Stream(String name, long rows, long batches) implements Serializable {
    /** The stream of n pairs in batches of at most B. */
    public static Stream of(String name, long rows, int batchPairs) {
      return new Stream(name, rows, (rows + batchPairs - 1) / batchPairs);
    }

    /** The rank, within the stream, of the first pair of a batch. */
    public long begin(long batch) {
      return Math.multiplyExact(batch, rows) / batches;
    }
  }

  /**
   * The order in which the batches of several streams come: each stream is spread evenly over the
   * epoch.
   *
   * @return for each stream, the numbers of its batches within the epoch, ascending
   */
  public static List<long[]> schedule(List<Stream> streams) {
    record Turn(double at, int stream, int batch) {}
    List<Turn> turns = new ArrayList<>();
    List<long[]> numbers = new ArrayList<>();
    for (int stream = 0; stream < streams.size(); stream++) {
      int batches = Math.toIntExact(streams.get(stream).batches());
      numbers.add(new long[batches]);
      for (int batch = 0; batch < batches; batch++) {
        turns.add(new Turn((batch + 0.5) / batches, stream, batch));
      }
    }
    turns.sort(Comparator.comparingDouble(Turn::at).thenComparingInt(Turn::stream));
    for (int i = 0; i < turns.size(); i++) {
      numbers.get(turns.get(i).stream())[turns.get(i).batch()] = i;
    }
    return numbers;
  }

  /** The first row of a slice within its batch: slices of a batch differ by at most one row. */
  public static int sliceBegin(int slice, int rows, int slices) {
    return (int) ((long) slice * rows / slices);
  }

  private static long seed(long seed, int epoch, int purpose) {
    return PairId.mix(seed + GOLDEN * (3L * epoch + purpose));
  }

  private static double unit(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }
}
