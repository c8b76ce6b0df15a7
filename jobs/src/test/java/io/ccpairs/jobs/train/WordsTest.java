package io.ccpairs.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.jobs.TestSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class WordsTest {
  private final SparkSession spark = TestSpark.local();

  private Dataset<Row> texts(List<String> lines) {
    return spark.createDataset(lines, Encoders.STRING()).toDF("query").repartition(8);
  }

  @Test
  void theCommonestAreTakenAndOfEquallyCommonOnesTheFirstInOrder() {
    Dataset<Row> texts = texts(List.of("tea tea tea", "pear fig plum", "pear fig plum", "ash"));
    assertThat(Words.count(texts, 3)).isEqualTo(Map.of("tea", 3L, "fig", 2L, "pear", 2L));
    assertThat(Words.count(texts, 4))
        .isEqualTo(Map.of("tea", 3L, "fig", 2L, "pear", 2L, "plum", 2L));
    assertThat(Words.count(texts, 9)).hasSize(5).containsEntry("ash", 1L);
    assertThat(Words.count(texts(List.of("")), 9)).isEmpty();
  }

  /** Of 8 parts each has more different words than are asked for. */
  @Test
  void theDriverGetsTheWordsItTakesAndNoMore() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      lines.add("word" + i);
    }
    Dataset<Row> texts = texts(lines);
    Results results = new Results();
    spark.sparkContext().addSparkListener(results);
    try {
      assertThat(Words.count(texts, 1_000)).hasSize(1_000).containsKey("word0");
      spark.sparkContext().listenerBus().waitUntilEmpty();
    } finally {
      spark.sparkContext().removeSparkListener(results);
    }
    // A word with its count takes some 20 to 90 bytes.
    assertThat(results.bytes.get()).isBetween(1_000L, 2 * 90_000L);
  }

  /** How much the tasks sent to the driver. */
  private static final class Results extends SparkListener {
    private final AtomicLong bytes = new AtomicLong();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
      bytes.addAndGet(task.taskMetrics().resultSize());
    }
  }
}
