package io.ccpairs.jobs.workspace;

/**
 * Places at which a test can end the driver as a power cut would: the process stops at once,
 * nothing is cleaned up. Armed by the system property {@code ccpairs.failpoint}; a name that nobody
 * reaches does nothing.
 */
final class Failpoint {
  private static final int KILLED = 137;

  private Failpoint() {}

  static void reach(String name) {
    if (name.equals(System.getProperty("ccpairs.failpoint"))) {
      Runtime.getRuntime().halt(KILLED);
    }
  }
}
