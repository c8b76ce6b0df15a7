package io.ccpairs.jobs.train;

import io.ccpairs.core.encoder.vocabulary.BertWords;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    Map<String, Long> counts = new TreeMap<>();
    texts
        .toJavaRDD()
        .mapPartitionsToPair(Words::ofTask)
        .reduceByKey(Long::sum)
        .takeOrdered(most, new CommonestFirst())
        .forEach(word -> counts.put(word._1(), word._2()));
    return counts;
  }

  private static final class CommonestFirst
      implements Comparator<Tuple2<String, Long>>, java.io.Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Tuple2<String, Long> a, Tuple2<String, Long> b) {
      int byCount = Long.compare(b._2(), a._2());
      return byCount != 0 ? byCount : a._1().compareTo(b._1());
    }
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
