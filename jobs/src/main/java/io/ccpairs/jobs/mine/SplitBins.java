package io.ccpairs.jobs.mine;

import io.ccpairs.core.input.Split;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Shares splits out to tasks so that each has about the same number of bytes, small files together.
 */
final class SplitBins {
  private SplitBins() {}

  private static final class Bin {
    final List<Split> splits = new ArrayList<>();
    final int number;
    long bytes;

    Bin(int number) {
      this.number = number;
    }
  }

  /**
   * Puts each split, the largest first, into the emptiest of {@code bins} bins.
   *
   * @return at most {@code bins} lists, none of them empty
   */
  static List<List<Split>> pack(List<Split> splits, int bins) {
    PriorityQueue<Bin> emptiest =
        new PriorityQueue<>(
            Comparator.comparingLong((Bin bin) -> bin.bytes).thenComparingInt(bin -> bin.number));
    List<Bin> all = new ArrayList<>();
    for (int i = 0; i < Math.min(bins, splits.size()); i++) {
      Bin bin = new Bin(i);
      all.add(bin);
      emptiest.add(bin);
    }
    splits.stream()
        .sorted(Comparator.comparingLong((Split split) -> split.end() - split.start()).reversed())
        .forEach(
            split -> {
              Bin bin = emptiest.remove();
              bin.splits.add(split);
              // Opening a file costs about as much as reading some 64 KiB.
              bin.bytes += split.end() - split.start() + (64 << 10);
              emptiest.add(bin);
            });
    return all.stream().map(bin -> List.copyOf(bin.splits)).toList();
  }
}
