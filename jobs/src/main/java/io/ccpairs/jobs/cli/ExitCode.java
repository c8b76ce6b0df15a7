package io.ccpairs.jobs.cli;

/** What the process tells its caller. */
final class ExitCode {
  /** Done, or up to date. */
  static final int OK = 0;

  /** Something broke that is neither the caller's words nor the data. */
  static final int FAILED = 1;

  /** An unknown option, key or value. */
  static final int USAGE = 2;

  /**
   * The stage ended, but its accounting or its share of bad records is outside the contract;
   * nothing was published.
   */
  static final int CONTRACT = 3;

  /** An input is missing, cannot be read, or is damaged. */
  static final int INPUT = 4;

  /** The run exists, and was not to be touched. */
  static final int EXISTS = 5;

  private ExitCode() {}
}
