package io.ccpairs.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script and the jar as a user runs them, after the build. */
class LauncherIT {
  private static final Path ROOT =
      Path.of(System.getProperty("ccpairs.root")).toAbsolutePath().normalize();
  private static final String SCRIPT = ROOT.resolve("jobs/bin/ccpairs").toString();

  @TempDir Path folder;
  private String out = "";

  private int run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "out", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(log.toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("CCPAIRS_NO_BUILD", "1");
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    out = Files.readString(log);
    return code;
  }

  @Test
  void theReadmesFirstCommandRunsTheWholeRecipeAndIsUpToDateTheSecondTime() throws Exception {
    assertThat(Files.readString(ROOT.resolve("README.md"))).contains("\njobs/bin/ccpairs demo\n");
    String[] demo = {
      SCRIPT,
      "demo",
      "--pairs",
      "1500",
      "--set",
      "pretrain.steps=6",
      "--set",
      "corpus.held-out-queries=40",
      "--",
      "--driver-memory",
      "1g"
    };
    assertThat(run(Map.of(), demo)).isZero();
    assertThat(out)
        .contains("reddit         post")
        .contains("stackexchange  question")
        .contains("wikipedia      page")
        .contains("step 6/6")
        .contains("The filter and the wrong answers that were planted")
        .contains("precision 0.")
        .containsPattern("BM25 +0\\.")
        .containsPattern("encoder before the filter +0\\.")
        .containsPattern("encoder after the filter +0\\.");
    assertThat(folder.resolve("work/demo/corpus/truth")).isDirectory();
    assertThat(folder.resolve("work/demo/last/model/modules.json")).isRegularFile();
    assertThat(run(Map.of(), demo)).isZero();
    assertThat(out).contains("up to date: made").doesNotContain("step 6/6");
  }

  @Test
  void theJarRunsUnderPlainSparkSubmit() throws Exception {
    Path sparkHome = ROOT.resolve("jobs/target/spark-home");
    run(Map.of(), SCRIPT, "--version");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + ROOT.resolve("conf/java.options"),
                "-cp",
                sparkHome + "/jars/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                "local[2]",
                "--conf",
                "spark.ui.enabled=false",
                "--class",
                "io.ccpairs.jobs.cli.Main",
                ROOT.resolve("jobs/target/ccpairs.jar").toString(),
                "mine",
                "--stackexchange",
                ROOT.resolve("test-resources/stackexchange").toString(),
                "--set",
                "mine.max-bad-share=0.5",
                "--out",
                folder.resolve("work").toString()));
    assertThat(run(Map.of("SPARK_LOCAL_IP", "127.0.0.1"), command.toArray(String[]::new))).isZero();
    assertThat(out).contains("stackexchange  question");
  }

  @Test
  void anInstalledSparkIsHandedTheJobAndItsFlags() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("spark/bin"));
    Path submit = Files.writeString(bin.resolve("spark-submit"), "#!/bin/sh\necho \"$@\"\n");
    assertThat(submit.toFile().setExecutable(true)).isTrue();
    int code =
        run(
            Map.of("SPARK_HOME", folder.resolve("spark").toString()),
            SCRIPT,
            "mine",
            "--reddit",
            "s3a://dumps/a b",
            "--",
            "--master",
            "yarn",
            "--conf",
            "spark.executor.memoryOverhead=3g");
    assertThat(code).isZero();
    assertThat(out)
        .isEqualTo(
            "--class io.ccpairs.jobs.cli.Main --master yarn --conf spark.executor.memoryOverhead=3g "
                + ROOT.resolve("jobs/target/ccpairs.jar")
                + " mine --reddit s3a://dumps/a b\n");
  }

  @Test
  void optionsOfSparkAreUsedByJobsWithoutASessionOrSaidNotToBe() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("spark/bin"));
    Path submit = Files.writeString(bin.resolve("spark-submit"), "#!/bin/sh\necho \"$@\"\n");
    assertThat(submit.toFile().setExecutable(true)).isTrue();
    Map<String, String> installed = Map.of("SPARK_HOME", folder.resolve("spark").toString());
    String[] embed = {SCRIPT, "embed", "--model", "m", "x", "--", "--driver-memory", "8g"};
    assertThat(run(installed, embed)).isZero();
    assertThat(out).contains("--driver-memory 8g ").endsWith(" embed --model m x\n");
    String doctor = SCRIPT + " doctor -- --driver-memory 8g 2>&1";
    assertThat(run(installed, "bash", "-c", doctor)).isZero();
    assertThat(out)
        .startsWith("Not used, as no Spark is started: --driver-memory 8g\n")
        .contains("at SPARK_HOME, " + folder.resolve("spark"));
    assertThat(run(Map.of(), SCRIPT, "help", "mine")).isZero();
  }

  @Test
  void exitCodesTellTheTruth() throws Exception {
    assertThat(run(Map.of(), SCRIPT, "mine", "--redit", "x")).isEqualTo(2);
    assertThat(run(Map.of(), SCRIPT, "mine", "--reddit", folder + "/none.zst")).isEqualTo(4);
    assertThat(run(Map.of(), SCRIPT, "doctor")).isZero();
  }
}
