package io.ccpairs.jobs.encode;

import io.ccpairs.core.encoder.EncoderOptions;
import io.ccpairs.core.encoder.TextEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * The encoder of this process: one for each model and device, shared by its tasks. It runs on the
 * GPU that Spark gave to the task, else on the CPU with as many threads as the task has cores.
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
    String gpu = gpu();
    return OPEN.computeIfAbsent(
        model + "|" + maxTokens + "|" + gpu,
        absent -> {
          EncoderOptions options =
              gpu.isEmpty()
                  ? EncoderOptions.cpu().withThreads(threads())
                  : EncoderOptions.gpu(Integer.parseInt(gpu));
          try {
            return TextEncoder.open(
                LocalFiles.of(model, configuration), options.withMaxTokens(maxTokens));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** The address of the task's GPU; empty without one. */
  public static String gpu() {
    TaskContext task = TaskContext.get();
    if (task == null) {
      return "";
    }
    ResourceInformation gpu = task.resourcesJMap().get("gpu");
    return gpu == null || gpu.addresses().length == 0 ? "" : gpu.addresses()[0];
  }

  /** The cores of one task. */
  public static int threads() {
    TaskContext task = TaskContext.get();
    return task == null
        ? Runtime.getRuntime().availableProcessors()
        : Math.max(1, SparkEnv.get().conf().getInt("spark.task.cpus", 1));
  }
}
