package io.ccpairs.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Origin;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static Statistics tasks(int from, int to) {
    Statistics statistics = new Statistics();
    for (int task = from; task < to; task++) {
      statistics.count(Origin.REDDIT, "leaks", "task" + task, 1);
    }
    return statistics;
  }

  @Test
  void partsMergeToTheSameInAnyOrderHoweverManyBucketsThereAre() {
    Statistics one = tasks(0, 900);
    one.merge(tasks(600, 2_000));
    Statistics other = tasks(600, 2_000);
    other.merge(tasks(0, 900));
    assertThat(one.byOrigin()).isEqualTo(other.byOrigin());
    assertThat(one.byOrigin().getOrDefault("reddit", Map.of()).get("leaks")).hasSize(2_000);
    assertThat(Statistics.of(one.byOrigin()).byOrigin()).isEqualTo(one.byOrigin());
  }

  @Test
  void largeRanksShareTheBucketOfTheLastOfThem() {
    assertThat(Statistics.rankBucket(2, 10)).isEqualTo("2");
    assertThat(Statistics.rankBucket(11, 10)).isEqualTo("more");
    assertThat(Statistics.rankBucket(1_023, 5_000)).isEqualTo("1023");
    assertThat(Statistics.rankBucket(1_024, 5_000)).isEqualTo("1535");
    assertThat(Statistics.rankBucket(1_535, 5_000)).isEqualTo("1535");
    assertThat(Statistics.rankBucket(1_536, 5_000)).isEqualTo("2047");
    assertThat(Statistics.rankBucket(4_097, 5_000)).as("counting ends here").isEqualTo("5000");
    Set<String> buckets = new HashSet<>();
    for (int rank = 1; rank <= 2_000_000; rank++) {
      buckets.add(Statistics.rankBucket(rank, 2_000_000));
    }
    assertThat(buckets).hasSizeLessThan(1_100);
  }
}
