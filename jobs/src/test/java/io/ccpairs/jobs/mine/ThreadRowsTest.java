package io.ccpairs.jobs.mine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ThreadRowsTest {
  private static byte[] item(String thread, boolean opens, String id) {
    return new ItemBytes()
        .item(
            new ThreadItem(
                opens ? Kind.QUESTION : Kind.ANSWER,
                Origin.STACKEXCHANGE,
                "ai.stackexchange.com",
                "en",
                thread,
                opens,
                id,
                "Text of " + id,
                1,
                null,
                null,
                true,
                List.of(),
                null,
                null));
  }

  @Test
  void droppedRowsBetweenThreadsAreHeldOneAtATime() {
    List<byte[]> records = new ArrayList<>();
    records.add(item("q1", true, "q1"));
    records.add(item("q1", false, "a1"));
    for (int i = 0; i < 1_000; i++) {
      records.add(
          new ItemBytes().dropped(Judged.record(Kind.ANSWER, Verdict.TOO_SHORT, "d" + i, "No.")));
    }
    records.add(item("q2", true, "q2"));
    records.add(item("q2", false, "a2"));
    int[] read = {0};
    Iterator<byte[]> counted =
        new Iterator<>() {
          private final Iterator<byte[]> all = records.iterator();

          @Override
          public boolean hasNext() {
            return all.hasNext();
          }

          @Override
          public byte[] next() {
            read[0]++;
            return all.next();
          }
        };
    Tally empty = new Tally(10, 10, 42);
    TallyAccumulator sum = new TallyAccumulator(empty.fresh());
    ThreadRows rows =
        new ThreadRows(Origin.STACKEXCHANGE, counted, Dropped.ALL, empty.fresh(), sum);
    List<String> verdicts = new ArrayList<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      verdicts.add(row.getString(row.size() - 1));
      assertThat(read[0]).as("no more than the thread at hand").isLessThan(verdicts.size() + 3);
    }
    assertThat(verdicts).hasSize(1_002).startsWith("keep", "too_short").endsWith("keep");
    assertThat(sum.value().funnel().kept(Origin.STACKEXCHANGE, Kind.QUESTION)).isEqualTo(2);
    assertThat(sum.value().funnel().kept(Origin.STACKEXCHANGE, Kind.ANSWER)).isEqualTo(2);
  }
}
