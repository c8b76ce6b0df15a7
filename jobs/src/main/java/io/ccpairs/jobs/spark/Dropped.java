package io.ccpairs.jobs.spark;

/** How many of the dropped rows a stage writes beside its table. */
public enum Dropped {
  /** A few of each origin, kind and verdict. */
  SAMPLE,
  /** Every one. */
  ALL
}
