package io.ccpairs.jobs.cli;

import com.sun.management.OperatingSystemMXBean;
import io.ccpairs.jobs.workspace.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.util.VersionInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at the machine before a job does. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    header = "reports what this environment is, and what it lacks",
    description = "Exits with 1 when something is missing that every job needs.")
final class DoctorCommand implements Callable<Integer> {
  private static final String SCALA = "2.13.17";

  @Spec private CommandSpec spec;
  private int missing;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    line(out, "ccpairs", Version.describe());
    check(
        out,
        "java",
        System.getProperty("java.version") + " at " + System.getProperty("java.home"),
        Runtime.version().feature() == 17,
        "jobs are tested on Java 17");
    line(out, "cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    line(
        out,
        "memory",
        memory() + "; a job takes what spark-defaults.conf says, or -- --driver-memory 8g");
    line(out, "spark", spark(System.getenv("SPARK_HOME")));
    String scalaVersion = scala.util.Properties$.MODULE$.versionNumberString();
    check(out, "scala", scalaVersion, scalaVersion.equals(SCALA), "Spark 4.1.0 needs " + SCALA);
    line(out, "hadoop", VersionInfo.getVersion());
    check(
        out,
        "zstd",
        nativeZstd(),
        !nativeZstd().startsWith("not"),
        "Reddit's .zst dumps cannot be read");
    check(
        out,
        "opens",
        opensGiven() ? "given" : "missing",
        opensGiven(),
        "start Java with @conf/java.options");
    line(
        out,
        "s3a",
        present("org.apache.hadoop.fs.s3a.S3AFileSystem")
            ? "present; credentials are looked for when a path needs them"
            : "not present; add hadoop-aws to read s3a:// paths");
    check(
        out,
        "temp",
        temp(),
        !temp().startsWith("cannot"),
        "Spark spills there; set -Djava.io.tmpdir or SPARK_LOCAL_DIRS");
    out.println(
        missing == 0 ? "all that every job needs is here" : missing + " missing, see above");
    out.flush();
    return missing == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private static void line(PrintWriter out, String what, String state) {
    out.printf("%-8s %s%n", what, state);
  }

  private void check(PrintWriter out, String what, String state, boolean fine, String otherwise) {
    line(out, what, fine ? state : state + "  <- " + otherwise);
    missing += fine ? 0 : 1;
  }

  private static String memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? (system.getTotalMemorySize() >> 20) + " MiB"
        : "unknown";
  }

  /** The Spark that jobs run on: this one, unless {@code SPARK_HOME} names another. */
  static String spark(@Nullable String home) {
    if (home == null || home.isEmpty()) {
      return org.apache.spark.package$.MODULE$.SPARK_VERSION() + ", from Maven";
    }
    try (Stream<String> release = Files.lines(Path.of(home, "RELEASE"))) {
      return "at SPARK_HOME, " + home + ": " + release.findFirst().orElse("an empty RELEASE file");
    } catch (IOException e) {
      return "at SPARK_HOME, " + home + ", which has no RELEASE file to say what it is";
    }
  }

  private static boolean present(String type) {
    try {
      Class.forName(type, false, DoctorCommand.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static boolean opensGiven() {
    return Object.class.getModule().isOpen("java.lang", DoctorCommand.class.getModule());
  }

  private static String nativeZstd() {
    try {
      com.github.luben.zstd.util.Native.load();
      return "native library loads";
    } catch (UnsatisfiedLinkError e) {
      return "not loadable: " + e.getMessage();
    }
  }

  private static String temp() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      Files.delete(Files.createTempFile(folder, "ccpairs", ".try"));
      return folder + ", " + (Files.getFileStore(folder).getUsableSpace() >> 30) + " GiB free";
    } catch (IOException e) {
      return "cannot write to " + folder + ": " + e.getMessage();
    }
  }
}
