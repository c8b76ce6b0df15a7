package io.ccpairs.jobs.spark;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * What a stage has to account for: the funnel, a sample of the dropped rows for every origin, kind
 * and verdict, the records that could not be read, and a checksum over the kept rows. Parts merge
 * to the same whole in any order: a sample holds the rows with the smallest draws, which depend on
 * the row and the seed alone.
 */
@SuppressWarnings("EnumOrdinal") // slots live no longer than the application
public final class Tally implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int KINDS = Kind.values().length;
  private static final int VERDICTS = Verdict.values().length;

  /** Of a text shown in a sample, at most this many characters. */
  private static final int MAX_SHOWN_CHARS = 2_000;

  private final Funnel funnel = new Funnel();
  private final Statistics statistics = new Statistics();
  private final int sampleRows;
  private final int badRows;
  private final long seed;
  private final Map<Group, PriorityQueue<Sampled>> samples = new HashMap<>();
  private final PriorityQueue<BadRecord> bad = new PriorityQueue<>();
  private long idSum;

  /** By group: a row with a larger draw has no place in the sample. */
  private final long[] largest = new long[Origin.values().length * KINDS * VERDICTS];

  private record Group(Origin origin, Kind kind, Verdict verdict) implements Serializable {}

  /**
   * A dropped row with the draw that chose it. The largest draw comes first: it is the next to
   * leave a full sample.
   */
  public record Sampled(long draw, Origin origin, Judged judged)
      implements Comparable<Sampled>, Serializable {
    @Override
    public int compareTo(Sampled other) {
      int byDraw = Long.compare(other.draw, draw);
      return byDraw != 0 ? byDraw : other.judged.sourceId().compareTo(judged.sourceId());
    }
  }

  /**
   * A record that could not be read: where it stands and why. Its text is not kept. The last place
   * comes first.
   */
  public record BadRecord(Origin origin, String file, String place, String reason)
      implements Comparable<BadRecord>, Serializable {
    @Override
    public int compareTo(BadRecord other) {
      int byFile = other.file.compareTo(file);
      int byPlace = byFile != 0 ? byFile : other.place.compareTo(place);
      return byPlace != 0 ? byPlace : other.reason.compareTo(reason);
    }
  }

  /**
   * An empty tally.
   *
   * @param sampleRows how many dropped rows to keep for each origin, kind and verdict
   * @param badRows how many bad records to list
   * @param seed decides which rows a sample holds
   */
  public Tally(int sampleRows, int badRows, long seed) {
    this.sampleRows = sampleRows;
    this.badRows = badRows;
    this.seed = seed;
    Arrays.fill(largest, Long.MAX_VALUE);
  }

  /** An empty tally with the same limits. */
  public Tally fresh() {
    return new Tally(sampleRows, badRows, seed);
  }

  /** Whether nothing has been counted. */
  public boolean isEmpty() {
    for (Origin origin : Origin.values()) {
      for (Kind kind : Kind.values()) {
        if (!funnel.empty(origin, kind)) {
          return false;
        }
      }
    }
    return bad.isEmpty();
  }

  /** Counts a record that was read. */
  public void in(Origin origin, Kind kind) {
    funnel.addIn(origin, kind, 1);
  }

  /**
   * Counts a decision, and keeps the row for the sample if it was dropped and its draw is small.
   */
  public void judged(Origin origin, Judged judged) {
    funnel.addJudged(origin, judged.kind(), judged.verdict(), 1);
    TextPair pair = judged.pair();
    if (judged.verdict().kept()) {
      if (pair != null) {
        idSum += Long.parseUnsignedLong(pair.id().substring(0, 16), 16);
        statistics.add(pair);
      }
      return;
    }
    if (sampleRows == 0 || judged.verdict() == Verdict.OPTED_OUT) {
      // Who asked to be left out is left out of samples too.
      return;
    }
    long draw = PairId.draw(judged.sourceId(), seed);
    int slot = slot(origin, judged.kind(), judged.verdict());
    if (draw <= largest[slot]) {
      PriorityQueue<Sampled> sample = sample(new Group(origin, judged.kind(), judged.verdict()));
      offer(sample, new Sampled(draw, origin, shown(judged)));
      Sampled last = sample.peek();
      largest[slot] = sample.size() < sampleRows || last == null ? Long.MAX_VALUE : last.draw();
    }
  }

  /** Counts a row of the stage's own statistics. */
  public void count(Origin origin, String dimension, String bucket) {
    statistics.count(origin, dimension, bucket, 1);
  }

  /** Counts a record that could not be read, and lists it. */
  public void bad(Origin origin, Kind kind, String file, String place, String reason) {
    funnel.addJudged(origin, kind, Verdict.BAD_RECORD, 1);
    offer(new BadRecord(origin, file, place, reason));
  }

  /** Adds another part of the same stage. */
  public void merge(Tally other) {
    funnel.merge(other.funnel);
    statistics.merge(other.statistics);
    other.samples.forEach((group, rows) -> rows.forEach(row -> offer(sample(group), row)));
    other.bad.forEach(this::offer);
    idSum += other.idSum;
  }

  /** The counts. */
  public Funnel funnel() {
    return funnel;
  }

  /** How the kept rows are spread. */
  public Statistics statistics() {
    return statistics;
  }

  /**
   * The sum of the first 64 bits of the ids of all kept pairs: equal for equal sets of rows,
   * whatever their order.
   */
  public long idSum() {
    return idSum;
  }

  /** The sampled dropped rows, in the order of their draws within origin, kind and verdict. */
  public List<Sampled> dropped() {
    List<Sampled> rows = new ArrayList<>();
    samples.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(
                Comparator.comparing(Group::origin)
                    .thenComparing(Group::kind)
                    .thenComparing(Group::verdict)))
        .forEach(
            entry ->
                entry.getValue().stream().sorted(Comparator.reverseOrder()).forEach(rows::add));
    return rows;
  }

  /** The listed bad records, by file and place. */
  public List<BadRecord> badRecords() {
    return bad.stream().sorted(Comparator.reverseOrder()).toList();
  }

  private static int slot(Origin origin, Kind kind, Verdict verdict) {
    return (origin.ordinal() * KINDS + kind.ordinal()) * VERDICTS + verdict.ordinal();
  }

  private PriorityQueue<Sampled> sample(Group group) {
    return samples.computeIfAbsent(group, absent -> new PriorityQueue<>());
  }

  private void offer(PriorityQueue<Sampled> sample, Sampled row) {
    sample.add(row);
    if (sample.size() > sampleRows) {
      sample.poll();
    }
  }

  private void offer(BadRecord record) {
    bad.add(record);
    if (bad.size() > badRows) {
      bad.poll();
    }
  }

  private static Judged shown(Judged judged) {
    return judged.text().length() <= MAX_SHOWN_CHARS
        ? judged
        : Judged.record(
            judged.kind(),
            judged.verdict(),
            judged.sourceId(),
            judged.text().substring(0, MAX_SHOWN_CHARS));
  }
}
