package io.ccpairs.core.pair;

import java.io.Serializable;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many rows of each kind came in, and what became of them. The law of every stage: in = kept +
 * dropped by reason, checked by {@link #check()}. What comes in is counted where it is read and
 * verdicts where they are given, so the law can fail.
 *
 * <p>Not thread-safe; merge funnels of parallel tasks.
 */
@SuppressWarnings("EnumOrdinal") // indices live and die with one process; nothing is stored by them
public final class Funnel implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int ORIGINS = Origin.values().length;
  private static final int KINDS = Kind.values().length;
  private static final int VERDICTS = Verdict.values().length;

  private final long[] in = new long[ORIGINS * KINDS];
  private final long[] judged = new long[ORIGINS * KINDS * VERDICTS];

  /** Counts rows that came in. */
  public void addIn(Origin origin, Kind kind, long rows) {
    in[row(origin, kind)] += rows;
  }

  /** Counts rows about which something was decided. */
  public void addJudged(Origin origin, Kind kind, Verdict verdict, long rows) {
    judged[row(origin, kind) * VERDICTS + verdict.ordinal()] += rows;
  }

  /** Adds the counts of another part of the same stage. */
  public void merge(Funnel other) {
    Arrays.setAll(in, i -> in[i] + other.in[i]);
    Arrays.setAll(judged, i -> judged[i] + other.judged[i]);
  }

  /** Rows that came in. */
  public long in(Origin origin, Kind kind) {
    return in[row(origin, kind)];
  }

  /** Rows with this verdict. */
  public long judged(Origin origin, Kind kind, Verdict verdict) {
    return judged[row(origin, kind) * VERDICTS + verdict.ordinal()];
  }

  /** Rows that go on. */
  public long kept(Origin origin, Kind kind) {
    return judged(origin, kind, Verdict.KEEP);
  }

  /** Rows of every verdict. */
  public long judged(Origin origin, Kind kind) {
    int row = row(origin, kind);
    return Arrays.stream(judged, row * VERDICTS, (row + 1) * VERDICTS).sum();
  }

  /**
   * The reasons for which rows were dropped, with how many for each; reasons without rows are left
   * out.
   */
  public Map<Verdict, Long> dropped(Origin origin, Kind kind) {
    Map<Verdict, Long> dropped = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      long rows = judged(origin, kind, verdict);
      if (!verdict.kept() && rows > 0) {
        dropped.put(verdict, rows);
      }
    }
    return dropped;
  }

  /** Whether nothing was counted for this origin and kind. */
  public boolean empty(Origin origin, Kind kind) {
    return in(origin, kind) == 0 && judged(origin, kind) == 0;
  }

  /**
   * Checks the law for every origin and kind.
   *
   * @throws IllegalStateException naming the first origin and kind for which in ≠ kept + dropped
   */
  public void check() {
    for (Origin origin : Origin.values()) {
      for (Kind kind : Kind.values()) {
        if (in(origin, kind) != judged(origin, kind)) {
          throw new IllegalStateException(
              "Accounting broken for "
                  + kind.word()
                  + " of "
                  + origin.word()
                  + ": "
                  + in(origin, kind)
                  + " came in, "
                  + judged(origin, kind)
                  + " were kept or dropped");
        }
      }
    }
  }

  private static int row(Origin origin, Kind kind) {
    return origin.ordinal() * KINDS + kind.ordinal();
  }
}
