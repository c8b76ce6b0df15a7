package io.ccpairs.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import io.ccpairs.jobs.spark.Sessions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The same process runs a list of command lines again and again, so that what stays is the work: no
 * start of a JVM or of Spark, and code that is compiled. A file holds one command line a row, its
 * words ended by tabs; see docs/benchmarks/mine.py.
 */
public final class SessionBenchmark {
  private SessionBenchmark() {}

  /**
   * Runs them, in turn, and prints a JSON object for each run: {@code line}, {@code round}, {@code
   * wall} and {@code cpu} in seconds, of all threads of the process. Round 0 warms up.
   *
   * @param arguments the file of command lines; how many rounds follow the first
   */
  public static void main(String[] arguments) throws Exception {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    List<String> lines = Files.readAllLines(Path.of(arguments[0]), UTF_8);
    int rounds = Integer.parseInt(arguments[1]);
    for (int round = 0; round <= rounds; round++) {
      for (int line = 0; line < lines.size(); line++) {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        long begin = System.nanoTime();
        long beginCpu = process.getProcessCpuTime();
        int code = Main.run(lines.get(line).split("\t"), writer, writer);
        long cpu = process.getProcessCpuTime() - beginCpu;
        long wall = System.nanoTime() - begin;
        if (code != ExitCode.OK) {
          throw new IllegalStateException(lines.get(line) + ": " + code + "\n" + said);
        }
        System.out.printf(
            Locale.ROOT,
            "{\"line\": %d, \"round\": %d, \"wall\": %.3f, \"cpu\": %.3f}%n",
            line,
            round,
            wall / 1e9,
            cpu / 1e9);
      }
    }
    Sessions.close();
  }
}
