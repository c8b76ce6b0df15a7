package io.ccpairs.jobs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.jobs.spark.PairRows;
import io.ccpairs.jobs.workspace.Manifest;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;

/** What the documents say is what the code does. */
class DocsTest {
  private static final Path ROOT = Path.of(System.getProperty("ccpairs.root", ".."));

  @Test
  void theSchemaPageHasEveryColumnAndVerdict() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/schema.md"));
    assertThat(page).contains("\nVersion " + PairRows.SCHEMA_VERSION + ". ");
    for (Kind kind : Kind.values()) {
      assertThat(page).containsPattern("`kind` \\([^)]*\\b" + kind.word() + "\\b");
    }
    for (RecordComponent field : Manifest.class.getRecordComponents()) {
      assertThat(page).contains("| `" + field.getName() + "` | ");
    }
    for (StructField field : PairRows.SCHEMA.fields()) {
      String type = field.dataType().simpleString();
      assertThat(page)
          .contains("| `" + field.name() + "` | " + type + " | " + field.getComment().get() + " |");
    }
    for (Verdict verdict : Verdict.values()) {
      assertThat(page).contains("| `" + verdict.word() + "` | " + verdict.meaning() + " |");
    }
  }

  @Test
  void theReadmeNamesOnlyFilesThatExist() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    for (String line : readme.lines().toList()) {
      for (int at = line.indexOf("]("); at >= 0; at = line.indexOf("](", at + 1)) {
        String link = line.substring(at + 2, line.indexOf(')', at));
        assertThat(ROOT.resolve(link)).exists();
      }
    }
  }

  @Test
  void noTextOfTheProjectSpeaksOfTheMachineItWasMadeOn() throws IOException {
    String checkout = ROOT.toAbsolutePath().normalize() + "/";
    String home = System.getProperty("user.home") + "/";
    for (String folder :
        List.of("docs", "conf", "jobs/src", "jobs/bin", "pipeline-core/src", "test-resources")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
              .as(file.toString())
              .doesNotContain(checkout)
              .doesNotContain(home);
        }
      }
    }
  }
}
