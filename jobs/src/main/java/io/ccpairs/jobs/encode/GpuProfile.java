package io.ccpairs.jobs.encode;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * How stages that compute embeddings get GPUs. Where executors have GPUs and tasks do not ask for
 * them, the other stages keep all cores, and these stages alone run under a profile of their own,
 * of so many tasks for each GPU. Where the master knows no profiles, or nobody has a GPU, they run
 * as any other stage.
 *
 * @param profile what tasks ask for; null for what Spark's configuration says
 * @param reason the decision in one line
 */
public record GpuProfile(@Nullable ResourceProfile profile, String reason) {
  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";

  /** The decision for a running application. */
  public static GpuProfile of(SparkContext spark, int tasksPerGpu) {
    return of(spark.getConf(), spark.master(), tasksPerGpu);
  }

  static GpuProfile of(SparkConf conf, String master, int tasksPerGpu) {
    String gpus = conf.get(EXECUTOR_GPUS, "0");
    if (gpus.equals("0")) {
      return new GpuProfile(null, "on CPUs: " + EXECUTOR_GPUS + " is not set");
    }
    if (conf.contains(TASK_GPUS)) {
      return new GpuProfile(
          null,
          "on GPUs, as every stage of this application: "
              + TASK_GPUS
              + " is "
              + conf.get(TASK_GPUS));
    }
    boolean profiles =
        master.startsWith("spark://")
            || master.startsWith("local-cluster")
            || master.startsWith("k8s")
            || master.equals("yarn");
    if (!profiles) {
      return new GpuProfile(
          null,
          "on CPUs: master "
              + master
              + " knows no resource profiles; set "
              + TASK_GPUS
              + " to give tasks GPUs");
    }
    int cpus = conf.getInt("spark.task.cpus", 1);
    return new GpuProfile(
        new ResourceProfileBuilder()
            .require(new TaskResourceRequests().cpus(cpus).resource("gpu", 1.0 / tasksPerGpu))
            .build(),
        "on GPUs by a resource profile, "
            + tasksPerGpu
            + " task(s) for each of "
            + gpus
            + " GPU(s) of an executor; other stages keep all cores");
  }

  /** The rows under this profile. */
  public JavaRDD<Row> apply(JavaRDD<Row> rows) {
    return profile == null ? rows : rows.withResources(profile);
  }
}
