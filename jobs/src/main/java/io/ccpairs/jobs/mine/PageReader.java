package io.ccpairs.jobs.mine;

import io.ccpairs.core.input.InputLimits;
import io.ccpairs.core.input.RecordCursor;
import io.ccpairs.core.input.RecordCursors;
import io.ccpairs.core.input.Split;
import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.privacy.OptOut;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.wikipedia.WikiNames;
import io.ccpairs.core.source.wikipedia.WikiPage;
import io.ccpairs.core.source.wikipedia.WikiPageParser;
import io.ccpairs.core.source.wikipedia.WikipediaConfig;
import io.ccpairs.core.source.wikipedia.WikipediaPairs;
import io.ccpairs.jobs.spark.Dropped;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.spark.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/** Reads the pages of one file and counts them and their sections. */
record PageReader(WikiPageParser parser, WikipediaPairs pairs, Dropped dropped, OptOut leftOut)
    implements SplitRows.RecordReader<Row> {

  /**
   * A reader for the file of a split; its header is read when its name does not say which wiki it
   * is.
   */
  static PageReader of(
      Split split,
      WikipediaConfig config,
      byte[] delimiter,
      InputLimits limits,
      Dropped dropped,
      OptOut leftOut) {
    WikiNames names = WikiNames.of(split.source().name());
    if (names.language() == null && config.lang().isEmpty()) {
      names = header(new Split(split.source(), 0, split.source().length()), delimiter, limits);
    }
    return new PageReader(
        new WikiPageParser(), new WikipediaPairs(config, names), dropped, leftOut);
  }

  private static WikiNames header(Split file, byte[] delimiter, InputLimits limits) {
    try (RecordCursor cursor = RecordCursors.open(file, delimiter, limits)) {
      return cursor.next()
          ? WikiNames.ofHeader(cursor.buffer(), cursor.start(), cursor.length())
          : WikiNames.of(file.source().name());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Kind unreadable() {
    return Kind.PAGE;
  }

  @Override
  public void read(byte[] buffer, int start, int length, Tally tally, Consumer<Row> rows)
      throws MalformedRecordException {
    WikiPage page = parser.parse(buffer, start, length);
    if (page == null) {
      return;
    }
    tally.in(Origin.WIKIPEDIA, Kind.PAGE);
    for (Judged read : pairs.judge(page)) {
      Judged judged =
          leftOut.covers(Origin.WIKIPEDIA, null, read.sourceId())
              ? Judged.record(read.kind(), Verdict.OPTED_OUT, "", "")
              : read;
      if (judged.kind() == Kind.SECTION) {
        tally.in(Origin.WIKIPEDIA, Kind.SECTION);
      }
      tally.judged(Origin.WIKIPEDIA, judged);
      TextPair pair = judged.pair();
      if (dropped == Dropped.ALL) {
        boolean shown = judged.verdict() != Verdict.OPTED_OUT && !judged.verdict().kept();
        if (pair != null || shown) {
          rows.accept(PairRows.row(Origin.WIKIPEDIA, judged));
        }
      } else if (pair != null && judged.verdict().kept()) {
        rows.accept(PairRows.row(pair));
      }
    }
  }
}
