package io.ccpairs.jobs.spark;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the kept rows of a table are spread: for each origin and dimension, rows by bucket. Parts
 * merge to the same whole in any order.
 */
public final class Statistics implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Characters of the query; a bucket is known by its least number. */
  public static final String QUERY_CHARS = "query-chars";

  /** Characters of the passage. */
  public static final String PASSAGE_CHARS = "passage-chars";

  /** Votes on the passage. */
  public static final String VOTES = "votes";

  /** Language codes; {@code ?} where none is known. */
  public static final String LANGUAGES = "languages";

  /**
   * All judged pairs by rank in the consistency filter's pool, from 1,024 on by the last rank of a
   * bucket; {@code more} beyond what was counted.
   */
  public static final String RANKS = "ranks";

  /** Pairs by the least number of the bucket of their rank among all of the pool: a sample. */
  public static final String FULL_RANKS = "full-ranks";

  /** Kept pairs by the cosine of query and passage, in hundredths. */
  public static final String KEPT_COSINES = "kept-cosines";

  /** Inconsistent pairs, the same. */
  public static final String DROPPED_COSINES = "dropped-cosines";

  /** Smaller ranks have a bucket each. */
  private static final int EXACT_RANKS = 1_024;

  private final Map<Origin, Map<String, Map<String, Long>>> counts = new EnumMap<>(Origin.class);

  /** Counts a kept pair in all its dimensions. */
  public void add(TextPair pair) {
    count(pair.origin(), QUERY_CHARS, bucket(pair.query().length()), 1);
    count(pair.origin(), PASSAGE_CHARS, bucket(pair.passage().length()), 1);
    Integer votes = pair.votes();
    if (votes != null) {
      count(pair.origin(), VOTES, votes < 0 ? "-1" : bucket(votes), 1);
    }
    String lang = pair.lang();
    count(pair.origin(), LANGUAGES, lang == null ? "?" : lang, 1);
  }

  /** Counts rows in a bucket of a dimension. */
  public void count(Origin origin, String dimension, String bucket, long rows) {
    Map<String, Long> buckets =
        counts
            .computeIfAbsent(origin, absent -> new HashMap<>())
            .computeIfAbsent(dimension, absent -> new HashMap<>());
    buckets.merge(bucket, rows, Long::sum);
  }

  /** Adds another part. */
  public void merge(Statistics other) {
    other.counts.forEach(
        (origin, dimensions) ->
            dimensions.forEach(
                (dimension, buckets) ->
                    buckets.forEach((bucket, rows) -> count(origin, dimension, bucket, rows))));
  }

  /** Rows by origin's word, dimension and bucket: the form of {@code statistics.json}. */
  public Map<String, Map<String, Map<String, Long>>> byOrigin() {
    Map<String, Map<String, Map<String, Long>>> words = new TreeMap<>();
    counts.forEach(
        (origin, dimensions) -> {
          Map<String, Map<String, Long>> sorted = new TreeMap<>();
          dimensions.forEach((dimension, buckets) -> sorted.put(dimension, new TreeMap<>(buckets)));
          words.put(origin.word(), sorted);
        });
    return words;
  }

  /** What {@link #byOrigin} gave. */
  public static Statistics of(Map<String, Map<String, Map<String, Long>>> byOrigin) {
    Statistics statistics = new Statistics();
    byOrigin.forEach(
        (origin, dimensions) ->
            dimensions.forEach(
                (dimension, buckets) ->
                    buckets.forEach(
                        (bucket, rows) ->
                            statistics.count(Origin.of(origin), dimension, bucket, rows))));
    return statistics;
  }

  /**
   * The bucket of {@link #RANKS} that a rank is in: its own or, from 1,024 on, the greatest number
   * of its bucket, 1,535, 2,047, 3,071 …, for a k of that keeps the whole bucket.
   *
   * @param upTo ranks are counted up to this
   */
  public static String rankBucket(int rank, int upTo) {
    if (rank > upTo) {
      return "more";
    }
    if (rank < EXACT_RANKS) {
      return Integer.toString(rank);
    }
    int half = Integer.highestOneBit(rank) / 2;
    return Integer.toString(Math.min(upTo, rank | (half - 1)));
  }

  /** The least number of its bucket: 0, 1, 2, 3, 4, 6, 8, 12, 16, 24 … */
  public static String bucket(int number) {
    if (number < 2) {
      return Integer.toString(number);
    }
    int power = Integer.highestOneBit(number);
    return Integer.toString(number >= power + power / 2 ? power + power / 2 : power);
  }
}
