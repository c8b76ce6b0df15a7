package io.ccpairs.jobs.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.util.Objects;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** Who computes where, without a cluster. */
class GpuProfileTest {
  private static final String EXECUTOR = "spark.executor.resource.gpu.amount";
  private static final String TASK = "spark.task.resource.gpu.amount";

  @Test
  void withoutGpusStagesAreAsAnyOther() {
    GpuProfile profile = GpuProfile.of(new SparkConf(false), "yarn", 1);
    assertThat(profile.profile()).isNull();
    assertThat(profile.reason()).startsWith("on CPUs").contains(EXECUTOR);
  }

  @Test
  void whereEveryTaskHasAGpuNothingIsAdded() {
    SparkConf conf = new SparkConf(false).set(EXECUTOR, "1").set(TASK, "0.5");
    GpuProfile profile = GpuProfile.of(conf, "yarn", 1);
    assertThat(profile.profile()).isNull();
    assertThat(profile.reason()).startsWith("on GPUs").contains("0.5");
  }

  @Test
  void whereOnlyExecutorsHaveGpusTheseTasksAskForThem() {
    SparkConf conf = new SparkConf(false).set(EXECUTOR, "2").set("spark.task.cpus", "3");
    for (String master : new String[] {"yarn", "k8s://https://host", "spark://host:7077"}) {
      GpuProfile profile = GpuProfile.of(conf, master, 2);
      assertThat(profile.profile()).isNotNull();
      assertThat(Objects.requireNonNull(profile.profile().taskResourcesJMap().get("gpu")).amount())
          .isEqualTo(0.5);
      assertThat(Objects.requireNonNull(profile.profile().taskResourcesJMap().get("cpus")).amount())
          .isEqualTo(3.0);
      assertThat(profile.profile().executorResourcesJMap()).as("executors stay").isEmpty();
    }
    assertThat(GpuProfile.of(conf, "local[4]", 2).profile()).isNull();
    assertThat(GpuProfile.of(conf, "local[4]", 2).reason()).contains("knows no resource profiles");
  }

  @Test
  void aGpuThatTheEngineCannotUseIsAnErrorUnlessItIsPretended() {
    assertThat(TaskDevice.device("", "")).isEqualTo(Device.cpu());
    assertThat(TaskDevice.device("7000", "pretended")).isEqualTo(Device.cpu());
    assertThatThrownBy(() -> TaskDevice.device("7000", ""))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("GPU 7000")
        .hasMessageContaining("PYTORCH_LIBRARY_PATH");
    assertThatThrownBy(() -> TaskDevice.device("GPU-3f2a", ""))
        .isInstanceOf(IllegalStateException.class);
  }
}
