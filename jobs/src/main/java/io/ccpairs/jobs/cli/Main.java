package io.ccpairs.jobs.cli;

public final class Main {
  private Main() {}

  public static void main(String[] a) {
    System.out.println(
        org.apache.spark.package$.MODULE$.SPARK_VERSION() + io.ccpairs.core.pair.Origin.REDDIT);
  }
}
