package io.ccpairs.core.train.collective;

import java.io.Serializable;

/**
 * Which training a ring belongs to; a rank left over from an earlier attempt finds no ring.
 *
 * @param application the cluster's name for the application
 * @param stage the stage's number
 * @param attempt which try of the stage, from 0
 */
public record RingId(String application, int stage, int attempt) implements Serializable {
  @Override
  public String toString() {
    return application + ", stage " + stage + ", attempt " + attempt;
  }
}
