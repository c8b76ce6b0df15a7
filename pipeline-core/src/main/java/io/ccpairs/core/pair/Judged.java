package io.ccpairs.core.pair;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One decision of a stage.
 *
 * @param kind what was judged
 * @param verdict what was decided
 * @param pair the candidate pair; null for a record (page, post, question) and for a candidate
 *     without text on both sides
 * @param sourceId the native id, so that the row can be found again
 * @param text what there is to show of a row without a pair: the start of its text, or empty
 */
public record Judged(
    Kind kind, Verdict verdict, @Nullable TextPair pair, String sourceId, String text)
    implements Serializable {

  /** A decision on a candidate pair. */
  public static Judged pair(Kind kind, Verdict verdict, TextPair pair) {
    return new Judged(kind, verdict, pair, pair.sourceId(), "");
  }

  /** A decision on a record, or on a candidate of which only one side has text. */
  public static Judged record(Kind kind, Verdict verdict, String sourceId, String text) {
    return new Judged(kind, verdict, null, sourceId, text);
  }
}
