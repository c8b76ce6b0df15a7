package io.ccpairs.core.eval;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** How two series of numbers go together: between −1 and 1; NaN where one of them is constant. */
public final class Correlation {
  private Correlation() {}

  /** Pearson's coefficient: of the numbers themselves. */
  public static double pearson(double[] a, double[] b) {
    if (a.length != b.length || a.length < 2) {
      throw new IllegalArgumentException(
          "Cannot correlate " + a.length + " with " + b.length + " numbers");
    }
    double meanA = Arrays.stream(a).average().orElseThrow();
    double meanB = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / (Math.sqrt(aa) * Math.sqrt(bb));
  }

  /** Spearman's coefficient: of the ranks, equal numbers sharing the mean of theirs. */
  public static double spearman(double[] a, double[] b) {
    return pearson(ranks(a), ranks(b));
  }

  /** Ranks from 1; equal numbers have the mean of the ranks they fill. */
  static double[] ranks(double[] numbers) {
    int[] order =
        IntStream.range(0, numbers.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> numbers[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[numbers.length];
    int begin = 0;
    while (begin < order.length) {
      int end = begin + 1;
      while (end < order.length && numbers[order[end]] == numbers[order[begin]]) {
        end++;
      }
      for (int i = begin; i < end; i++) {
        ranks[order[i]] = (begin + 1 + end) / 2.0;
      }
      begin = end;
    }
    return ranks;
  }
}
