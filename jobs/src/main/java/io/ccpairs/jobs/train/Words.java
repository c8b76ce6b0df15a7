package io.ccpairs.jobs.train;

import io.ccpairs.core.encoder.vocabulary.BertWords;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Counts the words of texts on a cluster. */
final class Words {
  /** A task hands its counts on when it holds so many different words. */
  private static final int HELD = 500_000;

  /** No vocabulary gains by a longer word. */
  private static final int MAX_CHARS = 100;

  private Words() {}

  /**
   * The commonest words with their counts; of equally common ones those that come first in order.
   *
   * @param texts all columns are texts
   * @param most how many words
   */
  static Map<String, Long> count(Dataset<Row> texts, int most) {
    JavaPairRDD<String, Long> counted =
        texts.toJavaRDD().mapPartitionsToPair(Words::ofTask).reduceByKey(Long::sum);
    Map<String, Long> counts = new TreeMap<>();
    // First how often the rarest of them come: only these words leave the executors.
    Rarest rarest = rarest(counted.values().countByValue(), most);
    long least = rarest.count();
    counts.putAll(counted.filter(word -> word._2() > least).collectAsMap());
    JavaPairRDD<String, Long> ties = counted.filter(word -> word._2() == least);
    if (rarest.all()) {
      counts.putAll(ties.collectAsMap());
    } else {
      ties.sortByKey().take(most - counts.size()).forEach(word -> counts.put(word._1(), least));
    }
    return counts;
  }

  /**
   * Which words are the rarest that are taken.
   *
   * @param all whether all that come so often are
   */
  private record Rarest(long count, boolean all) {}

  /**
   * Finds where the commonest words end.
   *
   * @param words how many words come so often
   */
  private static Rarest rarest(Map<Long, Long> words, int most) {
    long taken = 0;
    long least = 0;
    for (Map.Entry<Long, Long> entry : new TreeMap<>(words).descendingMap().entrySet()) {
      least = entry.getKey();
      taken += entry.getValue();
      if (taken >= most) {
        break;
      }
    }
    return new Rarest(least, taken <= most);
  }

  private static Iterator<Tuple2<String, Long>> ofTask(Iterator<Row> rows) {
    return new Iterator<>() {
      private Iterator<Tuple2<String, Long>> ready = List.<Tuple2<String, Long>>of().iterator();

      @Override
      public boolean hasNext() {
        if (!ready.hasNext() && rows.hasNext()) {
          Map<String, Long> counts = new HashMap<>();
          while (rows.hasNext() && counts.size() < HELD) {
            Row row = rows.next();
            for (int i = 0; i < row.size(); i++) {
              for (String word : BertWords.of(row.getString(i))) {
                if (word.length() <= MAX_CHARS) {
                  counts.merge(word, 1L, Long::sum);
                }
              }
            }
          }
          ready =
              counts.entrySet().stream()
                  .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
                  .iterator();
        }
        return ready.hasNext();
      }

      @Override
      public Tuple2<String, Long> next() {
        if (!hasNext()) {
          throw new java.util.NoSuchElementException();
        }
        return ready.next();
      }
    };
  }
}
