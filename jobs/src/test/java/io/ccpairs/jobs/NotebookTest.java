package io.ccpairs.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ccpairs.jobs.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jdk.jshell.JShell;
import jdk.jshell.Snippet.Status;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the code cells of the notebooks in JShell on a table that was just mined. */
class NotebookTest {
  @TempDir Path folder;

  @Test
  void everyCellRunsAndTheTableIsSeen() throws IOException {
    TestSpark.local();
    String[] mine = {
      "mine",
      "--stackexchange",
      Dumps.fixture("stackexchange"),
      "--set",
      "mine.max-bad-share=0.5",
      "--out",
      folder.toString()
    };
    assertThat(
            Main.run(
                mine, new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter())))
        .isZero();

    assertThat(execute("pairs.ipynb"))
        .contains("stackexchange\t1\t1\t")
        .contains("low_score")
        .contains("What is \"backprop\"?");

    for (String stage : new String[] {"clean", "dedup"}) {
      String[] next = {stage, "--out", folder.toString()};
      assertThat(
              Main.run(
                  next, new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter())))
          .isZero();
    }
    assertThat(execute("quality.ipynb"))
        .contains("== unique")
        .contains("stackexchange\tpair\t")
        .contains("votes_up_to_10");
  }

  /** What the notebook prints. */
  private String execute(String name) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    try (JShell shell = JShell.builder().executionEngine("local").out(out).err(out).build()) {
      shell.addToClasspath(System.getProperty("java.class.path"));
      System.setProperty("ccpairs.table", folder.resolve("pairs").toString());
      System.setProperty("ccpairs.work", folder.toString());
      PrintStream stdout = System.out;
      System.setOut(out);
      try {
        JsonNode notebook =
            new ObjectMapper()
                .readTree(Path.of(System.getProperty("ccpairs.root"), "notebooks", name).toFile());
        for (JsonNode cell : notebook.get("cells")) {
          if (cell.get("cell_type").asText().equals("code")) {
            run(shell, cell);
          }
        }
      } finally {
        System.setOut(stdout);
        System.clearProperty("ccpairs.table");
        System.clearProperty("ccpairs.work");
      }
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static void run(JShell shell, JsonNode cell) {
    StringBuilder source = new StringBuilder();
    cell.get("source").forEach(line -> source.append(line.asText()));
    String rest = source.toString();
    while (!rest.isBlank()) {
      SourceCodeAnalysis.CompletionInfo snippet =
          shell.sourceCodeAnalysis().analyzeCompletion(rest);
      assertThat(snippet.completeness().isComplete()).as(rest).isTrue();
      for (SnippetEvent event : shell.eval(snippet.source())) {
        assertThat(event.status())
            .as("%s", snippet.source())
            .isIn(Status.VALID, Status.OVERWRITTEN);
        assertThat(event.exception()).as("%s", snippet.source()).isNull();
      }
      rest = snippet.remaining();
    }
  }
}
