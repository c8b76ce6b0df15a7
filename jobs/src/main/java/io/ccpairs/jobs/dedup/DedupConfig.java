package io.ccpairs.jobs.dedup;

import io.ccpairs.jobs.spark.Dropped;
import java.io.Serializable;

/**
 * Which pairs count as copies of one another.
 *
 * @param passages whether a passage that stands under several queries is kept once
 * @param near what near-duplicates are sought in; off seeks none
 * @param engine how candidates are found
 * @param shingleWords words in a shingle
 * @param minJaccard pairs are near-duplicates from this share of common shingles on, above 0 and at
 *     most 1
 * @param bands of a signature: chances for two texts to meet
 * @param rows of a band: values that must agree for a meeting
 * @param bandReach in a band that many texts share, each meets the first and this many before it
 * @param driverEdges up to so many found pairs the groups are made in the driver's memory, beyond
 *     that on the cluster
 * @param partitions tasks of the shuffles; 0 leaves it to Spark. The rows do not depend on it
 * @param seed decides the hash functions and which dropped rows the samples hold
 * @param droppedSample dropped rows kept for each origin and verdict
 * @param dropped whether dropped rows are written as that sample or all of them
 */
public record DedupConfig(
    boolean passages,
    Near near,
    Engine engine,
    int shingleWords,
    double minJaccard,
    int bands,
    int rows,
    int bandReach,
    long driverEdges,
    int partitions,
    long seed,
    int droppedSample,
    Dropped dropped)
    implements Serializable {

  /** What near-duplicates are sought in. */
  public enum Near {
    OFF,
    /** Query and passage together. */
    PAIR,
    /** The passage alone. */
    PASSAGE
  }

  /** How candidates are found. */
  public enum Engine {
    /** Our own bands on shuffles. */
    BANDS,
    /** MLlib's {@code MinHashLSH}; for comparison on small tables. */
    MLLIB
  }

  public DedupConfig {
    if (shingleWords < 1 || bands < 1 || rows < 1 || bandReach < 1) {
      throw new IllegalArgumentException(
          "shingle-words, bands, rows and band-reach must be at least 1");
    }
    if (!(minJaccard > 0 && minJaccard <= 1)) {
      throw new IllegalArgumentException(
          "min-jaccard must be above 0 and at most 1, is " + minJaccard);
    }
  }

  /** What holds when nobody says otherwise. */
  public static DedupConfig defaults() {
    return new DedupConfig(
        true,
        Near.PASSAGE, // with the query, short answers to one long post would look alike
        Engine.BANDS,
        3, // forum passages are short: of 20 words, one changed word leaves 15 of 21 shingles
        0.85,
        14, // 14 bands of 8 meet with probability 0.988 at 0.85, 0.62 at 0.75, 0.05 at 0.5
        8,
        50,
        2_000_000, // about 1 GB of ids
        0,
        42,
        100,
        Dropped.SAMPLE);
  }
}
