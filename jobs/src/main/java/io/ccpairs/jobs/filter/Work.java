package io.ccpairs.jobs.filter;

import java.io.Serializable;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.SparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * What tasks spent their time on and where they ran, for people: a task that ran twice counts
 * twice.
 */
final class Work implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LongAccumulator texts;
  private final LongAccumulator encodeNanos;
  private final LongAccumulator pairs;
  private final LongAccumulator rankNanos;
  private final LongAccumulator products;
  private final CollectionAccumulator<String> places;

  Work(SparkContext spark) {
    this.texts = spark.longAccumulator("filter: texts encoded");
    this.encodeNanos = spark.longAccumulator("filter: nanoseconds of encoding");
    this.pairs = spark.longAccumulator("filter: pairs ranked");
    this.rankNanos = spark.longAccumulator("filter: nanoseconds of ranking");
    this.products = spark.longAccumulator("filter: products computed");
    this.places = spark.collectionAccumulator("filter: devices");
  }

  void encoded(int count, long nanos) {
    texts.add(count);
    encodeNanos.add(nanos);
  }

  void ranked(int count, long nanos, long productsComputed) {
    pairs.add(count);
    rankNanos.add(nanos);
    products.add(productsComputed);
  }

  void ranOn(String place) {
    places.add(place);
  }

  /** Executors and devices that ranked. */
  Set<String> places() {
    return new TreeSet<>(places.value());
  }

  /** One line. */
  @Override
  public String toString() {
    double encode = encodeNanos.value() / 1e9;
    double rank = rankNanos.value() / 1e9;
    return String.format(
        Locale.ROOT,
        "%,d texts encoded in %.1f s of task time (%.0f a second), %,d pairs ranked in %.1f s (%.0f a"
            + " second, %,.0f products each), on %s",
        texts.value(),
        encode,
        texts.value() / Math.max(1e-9, encode),
        pairs.value(),
        rank,
        pairs.value() / Math.max(1e-9, rank),
        (double) products.value() / Math.max(1, pairs.value()),
        places().isEmpty() ? "no device" : String.join(", ", places()));
  }
}
