package io.ccpairs.core.shard;

import java.util.List;

/**
 * What a table of shards holds: the batches of each epoch, and in which file each of them lies. A
 * file holds whole batches, each as {@code slices} row groups one after the other.
 *
 * @param format version of this layout
 * @param seed of the plan
 * @param batchPairs the most pairs of a batch; the batches of one stream differ by at most one pair
 * @param slices row groups of a batch: a training may have any number of ranks that divides it
 * @param mixing {@code mixed} or {@code single-source}, for people
 * @param epochs the epochs laid out; a training that runs longer begins again with the first
 * @param files all files
 */
public record ShardIndex(
    int format,
    long seed,
    int batchPairs,
    int slices,
    String mixing,
    List<Epoch> epochs,
    List<Shard> files) {

  /** The layout that this code writes and reads. */
  public static final int FORMAT = 1;

  /**
   * One pass over the table.
   *
   * @param batches how many
   * @param rows pairs in them
   * @param siblingsTogether pairs that share a batch with an earlier one of the same query key or
   *     passage key; the loss masks them
   */
  public record Epoch(long batches, long rows, long siblingsTogether) {}

  /**
   * One file.
   *
   * @param path relative to the table's run
   * @param epoch from 0
   * @param stream what its batches are drawn from: {@code all}, or an origin
   * @param rows in it
   * @param bytes its size
   * @param footer where the Parquet footer begins
   * @param footerHash of the bytes from there to the end, which hold the hashes of the row groups:
   *     the first 64 bits of SHA-256, in hexadecimal
   * @param batches the numbers of its batches within the epoch, in the file's order
   */
  public record Shard(
      String path,
      int epoch,
      String stream,
      long rows,
      long bytes,
      long footer,
      String footerHash,
      List<Long> batches) {}

  public ShardIndex {
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "Cannot read shards of format " + format + ": this version reads format " + FORMAT);
    }
    epochs = List.copyOf(epochs);
    files = List.copyOf(files);
    long planned = epochs.stream().mapToLong(Epoch::batches).sum();
    long held = files.stream().mapToLong(file -> file.batches().size()).sum();
    if (planned < 1 || planned != held) {
      throw new IllegalArgumentException(
          "Cannot read shards: the index names "
              + planned
              + " batches in its epochs and "
              + held
              + " in its files");
    }
  }

  /** Batches of all epochs: after so many steps a training begins again. */
  public long batches() {
    return epochs.stream().mapToLong(Epoch::batches).sum();
  }

  /** Pairs of all epochs. */
  public long rows() {
    return epochs.stream().mapToLong(Epoch::rows).sum();
  }
}
