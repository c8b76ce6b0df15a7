package io.ccpairs.jobs.mine;

import io.ccpairs.jobs.spark.Dropped;

/**
 * How dumps are read and what is written beside the pairs.
 *
 * @param seed decides which dropped rows the samples hold
 * @param droppedSample dropped rows kept for each origin, kind and verdict
 * @param dropped whether dropped rows are written as that sample or all of them
 * @param badRecords unreadable records listed for each origin; all of them are counted
 * @param maxBadShare the stage fails when more than this share of an origin's records cannot be
 *     read
 * @param splitBytes stored bytes that one task reads
 * @param partitions tasks for each origin; 0 chooses by size and cores. The rows do not depend on
 *     it
 * @param maxRecordBytes a longer record (page, row or line) is a bad record; bounds the memory of a
 *     task
 */
public record MineConfig(
    long seed,
    int droppedSample,
    Dropped dropped,
    int badRecords,
    double maxBadShare,
    long splitBytes,
    int partitions,
    int maxRecordBytes) {

  /** What holds when nobody says otherwise. */
  public static MineConfig defaults() {
    return new MineConfig(
        42,
        100, // enough to read by eye; 30 reasons make 3,000 rows
        Dropped.SAMPLE,
        1_000,
        0.001, // real dumps hold next to none; one in a thousand means that the reader
        // misunderstands the file
        32L << 20, // bz2: about 130 MB of XML, some ten seconds of a core
        0,
        32 << 20); // the longest pages of real wikis are below 4 MiB, posts below 128 KiB
  }

  public MineConfig {
    if (maxBadShare < 0 || maxBadShare > 1) {
      throw new IllegalArgumentException(
          "max-bad-share must be between 0 and 1, is " + maxBadShare);
    }
    if (splitBytes < 1
        || partitions < 0
        || droppedSample < 0
        || badRecords < 0
        || maxRecordBytes < 1) {
      throw new IllegalArgumentException("sizes and counts must not be negative");
    }
  }
}
