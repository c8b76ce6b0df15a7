package io.ccpairs.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.EncoderOptions;
import io.ccpairs.core.encoder.TextEncoder;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.jobs.Models;
import io.ccpairs.jobs.Tables;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code search} and {@code embed} as their users call them. */
class TableSearchTest {
  private static final List<String> WORDS = List.of("river", "wing", "heat", "radio", "stone");

  @TempDir Path folder;
  private String out = "";
  private String err = "";

  private int run(String... arguments) {
    StringWriter stdout = new StringWriter();
    StringWriter stderr = new StringWriter();
    int code = Main.run(arguments, new PrintWriter(stdout), new PrintWriter(stderr));
    out = stdout.toString();
    err = stderr.toString();
    return code;
  }

  @Test
  void searchPrintsTheNearestDistinctPassagesAndEmbedTheirVectors() throws IOException {
    TestSpark.local();
    List<TextPair> pairs = new ArrayList<>();
    List<String> passages = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      // Every passage stands in two pairs.
      String passage =
          "a " + WORDS.get(i / 2 % 5) + " and " + (i / 2) + " of the " + WORDS.get(i / 10 % 5);
      passages.add(passage);
      pairs.add(
          Tables.pair(i % 3 == 0 ? Origin.REDDIT : Origin.WIKIPEDIA, i, "question " + i, passage));
    }
    Tables.publish(TestSpark.local(), folder, "unique", pairs);
    String model = Models.write(folder.resolve("small"), passages).toString();
    String table = folder.resolve("unique").toString();

    assertThat(
            run("search", "--model", model, "--in", table, "-n", "3", "--json", "a wing", "radio"))
        .as(err)
        .isZero();
    List<JsonNode> found = new ArrayList<>();
    for (String line : out.lines().toList()) {
      found.add(new ObjectMapper().readTree(line));
    }
    assertThat(found).hasSize(6);
    assertThat(found.get(0).path("question").asText()).isEqualTo("a wing");
    try (TextEncoder encoder =
        TextEncoder.open(Path.of(model), EncoderOptions.cpu().withMaxTokens(64))) {
      Embeddings question = encoder.encode(Role.QUERY, List.of("a wing"));
      Embeddings all = encoder.encode(Role.PASSAGE, passages);
      double best = -1;
      for (int i = 0; i < passages.size(); i++) {
        best = Math.max(best, question.cosine(0, all, i));
      }
      assertThat(found.get(0).path("cosine").doubleValue())
          .isCloseTo(best, org.assertj.core.api.Assertions.within(1e-5));
    }
    assertThat(found.subList(0, 3))
        .extracting(hit -> hit.path("passage").asText())
        .doesNotHaveDuplicates();
    assertThat(found.get(0).path("cosine").doubleValue())
        .isGreaterThanOrEqualTo(found.get(1).path("cosine").doubleValue());

    assertThat(
            run("search", "--model", model, "--in", table, "-n", "1", "--origin", "reddit", "heat"))
        .as(err)
        .isZero();
    assertThat(out).startsWith("heat\n 1  0.").contains("  reddit  test  ");
    assertThat(run("search", "--model", model, "--in", table, "--origin", "nowhere", "heat"))
        .isEqualTo(2);
    assertThat(err).contains("it has no rows of origin nowhere");
    assertThat(run("search", "--model", folder + "/none", "--in", table, "heat")).isEqualTo(4);
    assertThat(err).contains("none: it does not exist");

    assertThat(run("embed", "--model", model, "--role", "passage", "a river", "é \"quoted\""))
        .isZero();
    List<String> lines = out.lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode second = new ObjectMapper().readTree(lines.get(1));
    assertThat(second.path("text").asText()).isEqualTo("é \"quoted\"");
    assertThat(second.path("vector")).hasSize(32);
    assertThat(run("embed", "--model", model, "--role", "answer", "x")).isEqualTo(2);
  }
}
