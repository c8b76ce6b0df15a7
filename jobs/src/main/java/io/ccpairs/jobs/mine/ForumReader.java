package io.ccpairs.jobs.mine;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.privacy.OptOut;
import io.ccpairs.core.source.ForumRecord;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.Tally;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of a forum's dump: what is dropped by itself is tallied here and never shuffled; the
 * rest goes to its thread.
 */
record ForumReader(
    Origin origin,
    Kind unreadable,
    Dropped dropped,
    OptOut leftOut,
    LineJudge lines,
    ItemBytes bytes)
    implements SplitRows.RecordReader<byte[]> {

  /** What one line is; null for lines that hold no record. */
  interface LineJudge {
    @Nullable ForumRecord judge(byte[] buffer, int start, int length)
        throws MalformedRecordException;
  }

  @Override
  public void read(byte[] buffer, int start, int length, Tally tally, Consumer<byte[]> rows)
      throws MalformedRecordException {
    ForumRecord record = lines.judge(buffer, start, length);
    if (record == null) {
      return;
    }
    tally.in(origin, record.kind());
    if (leftOut.coversNamed(origin, record.author(), record.id())) {
      tally.judged(origin, Judged.record(record.kind(), Verdict.OPTED_OUT, "", ""));
      return;
    }
    if (record.verdict().kept()) {
      for (ThreadItem item : record.items()) {
        rows.accept(bytes.item(item));
      }
      return;
    }
    Judged judged = Judged.record(record.kind(), record.verdict(), record.id(), record.text());
    tally.judged(origin, judged);
    if (dropped == Dropped.ALL) {
      rows.accept(bytes.dropped(judged));
    }
  }
}
