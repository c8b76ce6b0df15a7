package io.ccpairs.jobs.workspace;

/** What a stage does when its run is there already, whole or in part. */
public enum OnExisting {
  /**
   * Leave a published run of the same inputs and settings alone; start anew where one was broken
   * off.
   */
  SKIP,
  /** As SKIP, but keep the finished pieces of a run that was broken off. */
  RESUME,
  /** Build it again beside the published run, then retire that one. */
  OVERWRITE,
  /** Stop. */
  FAIL
}
