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
   * All judged pairs by rank in the consistency filter's pool; {@code more} beyond what was
   * counted.
   */
  public static final String RANKS = "ranks";

  /** Pairs by the least number of the bucket of their rank among all of the pool: a sample. */
  public static final String FULL_RANKS = "full-ranks";

  /** Kept pairs by the cosine of query and passage, in hundredths. */
  public static final String KEPT_COSINES = "kept-cosines";

  /** Inconsistent pairs, the same. */
  public static final String DROPPED_COSINES = "dropped-cosines";

  /** Beyond so many buckets of one dimension the rest goes to {@code other}. */
  private static final int MAX_BUCKETS = 1_000;

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
    boolean full = buckets.size() >= MAX_BUCKETS && !buckets.containsKey(bucket);
    buckets.merge(full ? "other" : bucket, rows, Long::sum);
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

  /** The least number of its bucket: 0, 1, 2, 3, 4, 6, 8, 12, 16, 24 … */
  public static String bucket(int number) {
    if (number < 2) {
      return Integer.toString(number);
    }
    int power = Integer.highestOneBit(number);
    return Integer.toString(number >= power + power / 2 ? power + power / 2 : power);
  }
}
