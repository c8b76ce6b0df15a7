package io.ccpairs.jobs.encode;

import io.ccpairs.core.encoder.TextEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * The encoder of this process: one for each model and device, shared by its tasks; a folder whose
 * files have changed holds another model. It runs on the GPU that Spark gave to the task, else on
 * the CPU with as many threads as the task has cores.
 */
public final class SharedEncoder {
  private static final Map<String, TextEncoder> OPEN = new ConcurrentHashMap<>();

  /** By model, of the stage that asked last. */
  private static final Map<String, Stamp> STAMPS = new ConcurrentHashMap<>();

  /** What lay in a model's folder as a stage began. */
  private record Stamp(String stage, String files) {}

  private SharedEncoder() {}

  /**
   * The encoder for the calling task, or for the driver outside of tasks.
   *
   * @param model a model's folder on any file system that Hadoop knows
   * @param maxTokens the most tokens of a text; 0 for what the model's folder says
   */
  public static TextEncoder of(String model, int maxTokens, Configuration configuration) {
    return OPEN.computeIfAbsent(
        String.join(
            "|", model, stamp(model, configuration), Integer.toString(maxTokens), TaskDevice.gpu()),
        absent -> {
          try {
            return TextEncoder.open(
                LocalFiles.of(model, configuration),
                TaskDevice.options(threads()).withMaxTokens(maxTokens));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Looks into the folder once for each stage: tasks ask for each slice of their texts. */
  private static String stamp(String model, Configuration configuration) {
    TaskContext task = TaskContext.get();
    if (task == null) {
      return LocalFiles.stamp(model, configuration);
    }
    String stage = SparkEnv.get().conf().getAppId() + " " + task.stageId();
    return STAMPS
        .compute(
            model,
            (name, last) ->
                last != null && last.stage().equals(stage)
                    ? last
                    : new Stamp(stage, LocalFiles.stamp(model, configuration)))
        .files();
  }

  /** The cores of one task. */
  public static int threads() {
    TaskContext task = TaskContext.get();
    return task == null
        ? Runtime.getRuntime().availableProcessors()
        : Math.max(1, SparkEnv.get().conf().getInt("spark.task.cpus", 1));
  }
}
