package io.ccpairs.jobs.encode;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import io.ccpairs.core.encoder.EncoderOptions;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * Where the calling task computes: on the GPU whose address Spark gave to it, else on the CPU. A
 * process with several GPUs holds what its tasks need once for each.
 *
 * <p>A GPU that Spark gave and the engine cannot use is an error, because the same work on a CPU
 * would take a hundred times as long and nobody would see why. The system property {@code
 * ccpairs.gpus=pretended} computes on the CPU instead, with everything else as on GPUs: it is how a
 * machine without one tests a cluster's placement.
 */
public final class TaskDevice {
  private static final String PROPERTY = "ccpairs.gpus";

  private TaskDevice() {}

  /** The address of the task's GPU; empty without one, and on the driver. */
  public static String gpu() {
    TaskContext task = TaskContext.get();
    if (task == null) {
      return "";
    }
    ResourceInformation gpu = task.resourcesJMap().get("gpu");
    return gpu == null || gpu.addresses().length == 0 ? "" : gpu.addresses()[0];
  }

  /** Executor and device, for people. */
  public static String describe() {
    String gpu = gpu();
    String executor = SparkEnv.get() == null ? "?" : SparkEnv.get().executorId();
    return "executor " + executor + (gpu.isEmpty() ? " CPU" : " GPU " + gpu);
  }

  /**
   * The device for arrays.
   *
   * @throws IllegalStateException when Spark gave a GPU that the engine does not see
   */
  public static Device device() {
    return device(gpu(), System.getProperty(PROPERTY, ""));
  }

  static Device device(String gpu, String property) {
    if (gpu.isEmpty() || property.equals("pretended")) {
      return Device.cpu();
    }
    int count = CudaUtils.getGpuCount();
    if (!gpu.matches("\\d{1,4}") || Integer.parseInt(gpu) >= count) {
      throw new IllegalStateException(
          "Cannot use GPU "
              + gpu
              + ", which Spark gave to this task: the engine sees "
              + count
              + " GPUs. Put CUDA libraries where executors find them (PYTORCH_LIBRARY_PATH), or leave"
              + " spark.executor.resource.gpu.amount out to compute on CPUs");
    }
    return Device.gpu(Integer.parseInt(gpu));
  }

  /** Options of an encoder there. */
  static EncoderOptions options(int cpuThreads) {
    Device device = device();
    return device.isGpu()
        ? EncoderOptions.gpu(device.getDeviceId())
        : EncoderOptions.cpu().withThreads(cpuThreads);
  }
}
