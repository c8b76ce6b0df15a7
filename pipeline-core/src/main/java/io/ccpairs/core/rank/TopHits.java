package io.ccpairs.core.rank;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The best passages for a query among those seen so far, in the order of {@link Hit#BEST_FIRST}.
 * The result does not depend on the order in which passages come, nor on how they were dealt out to
 * several of these before they were merged.
 */
public final class TopHits implements Serializable {
  private static final int FIRST_CAPACITY = 16;

  private final int limit;
  private float[] scores; // a heap, the worst at 0
  private String[] ids;
  private int size;

  /**
   * No hits yet.
   *
   * @param limit how many are kept; at least 1
   */
  public TopHits(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("Cannot keep " + limit + " hits: at least 1 is needed");
    }
    this.limit = limit;
    this.scores = new float[Math.min(limit, FIRST_CAPACITY)];
    this.ids = new String[scores.length];
  }

  /**
   * Offers a passage.
   *
   * @throws IllegalArgumentException when the score is no number
   */
  public void add(String id, float anyScore) {
    float score = anyScore + 0f; // −0 is 0
    if (Float.isNaN(score)) {
      throw new IllegalArgumentException("Cannot rank passage " + id + ": its score is no number");
    }
    if (size < limit) {
      grow();
      int place = size++;
      while (place > 0 && worse(id, score, (place - 1) / 2)) {
        move((place - 1) / 2, place);
        place = (place - 1) / 2;
      }
      put(place, id, score);
    } else if (!worse(id, score, 0)) {
      sink(id, score);
    }
  }

  /** Offers all that another holds. */
  public TopHits addAll(TopHits other) {
    for (int i = 0; i < other.size; i++) {
      add(other.ids[i], other.scores[i]);
    }
    return this;
  }

  /** What a score must at least be to enter: the worst kept, or −∞ while there is room. */
  public float floor() {
    return size < limit ? Float.NEGATIVE_INFINITY : scores[0];
  }

  /** The hits, the best first. */
  public List<Hit> best() {
    List<Hit> hits = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      hits.add(new Hit(ids[i], scores[i]));
    }
    hits.sort(Hit.BEST_FIRST);
    return hits;
  }

  private void sink(String id, float score) {
    int place = 0;
    while (true) {
      int child = 2 * place + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && worse(ids[child + 1], scores[child + 1], child)) {
        child++;
      }
      if (worse(id, score, child)) {
        break;
      }
      move(child, place);
      place = child;
    }
    put(place, id, score);
  }

  /** Whether a hit ranks behind the one at a place, or is the same. */
  private boolean worse(String id, float score, int place) {
    int byScore = Float.compare(score, scores[place]);
    return byScore < 0 || (byScore == 0 && Hit.compareIds(id, ids[place]) <= 0);
  }

  private void grow() {
    if (size == scores.length) {
      int capacity = (int) Math.min(limit, 2L * size);
      scores = Arrays.copyOf(scores, capacity);
      ids = Arrays.copyOf(ids, capacity);
    }
  }

  private void move(int from, int to) {
    put(to, ids[from], scores[from]);
  }

  private void put(int place, String id, float score) {
    ids[place] = id;
    scores[place] = score;
  }
}
