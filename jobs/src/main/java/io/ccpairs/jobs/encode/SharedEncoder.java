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
            "|",
            model,
            LocalFiles.stamp(model, configuration),
            Integer.toString(maxTokens),
            TaskDevice.gpu()),
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

  /** The cores of one task. */
  public static int threads() {
    TaskContext task = TaskContext.get();
    return task == null
        ? Runtime.getRuntime().availableProcessors()
        : Math.max(1, SparkEnv.get().conf().getInt("spark.task.cpus", 1));
  }
}
