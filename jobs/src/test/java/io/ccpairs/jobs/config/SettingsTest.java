package io.ccpairs.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  enum Mode {
    SAMPLE,
    ALL_ROWS
  }

  record Inner(double minJaccard) {}

  record Dials(
      int bands,
      long splitBytes,
      boolean replies,
      Mode mode,
      List<String> rules,
      List<Integer> layers,
      String name,
      Inner inner) {
    Dials {
      if (bands < 1) {
        throw new IllegalArgumentException("bands must be at least 1, is " + bands);
      }
    }
  }

  private static final Section<Dials> DEDUP =
      new Section<>(
          "dedup",
          new Dials(16, 100, false, Mode.SAMPLE, List.of(), List.of(), "x", new Inner(0.8)));

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("a.conf"), text);
  }

  private static Settings load(List<Path> files, String... assignments) {
    return Settings.load(List.of(DEDUP), files, List.of(assignments));
  }

  @Test
  void nobodyHasSaidAnything() {
    assertThat(load(List.of()).get(DEDUP)).isEqualTo(DEDUP.defaults());
  }

  @Test
  void anAssignmentWinsOverAFileAndAFileOverTheDefault() throws IOException {
    Path file =
        file(
            "dedup.bands = 20\ndedup.inner.min-jaccard = 0.7\ndedup { mode = all-rows, rules = [b, c] }");

    Settings settings =
        load(List.of(file), "dedup.bands=30", "dedup.split-bytes=2 MiB", "dedup.name=s3a://b/c");

    assertThat(settings.get(DEDUP))
        .isEqualTo(
            new Dials(
                30,
                2 << 20,
                false,
                Mode.ALL_ROWS,
                List.of("b", "c"),
                List.of(),
                "s3a://b/c",
                new Inner(0.7)));
  }

  @Test
  void everyValueTellsWhereItComesFrom() throws IOException {
    Path file = file("\ndedup.inner.min-jaccard = 0.7\n");

    List<Settings.Entry> entries = load(List.of(file), "dedup.bands=30").entries();

    assertThat(entries).extracting(Settings.Entry::key).isSorted().hasSize(8);
    assertThat(origin(entries, "dedup.bands")).isEqualTo("--set");
    assertThat(origin(entries, "dedup.inner.min-jaccard")).endsWith("a.conf: 2");
    assertThat(origin(entries, "dedup.name")).isEqualTo("default");
  }

  @Test
  void anUnknownKeyStopsTheRunAndNamesItsNeighbour() throws IOException {
    Path file = file("dedup.band = 20");

    assertThatThrownBy(() -> load(List.of(file)))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("Unknown key dedup.band (")
        .hasMessageEndingWith("a.conf: 1); did you mean dedup.bands?");
  }

  @Test
  void aValueThatDoesNotFitIsNamedWithItsKeyAndWhatWasExpected() {
    assertThatThrownBy(() -> load(List.of(), "dedup.bands=many"))
        .hasMessage("Cannot use dedup.bands = \"many\" (--set): expected a whole number, as in 16");
    for (String fraction : List.of("bands=2.7", "bands=\"2.7\"", "split-bytes=2.5")) {
      assertThatThrownBy(() -> load(List.of(), "dedup." + fraction))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("expected a whole number");
    }
    assertThatThrownBy(() -> load(List.of(), "dedup.layers=[1, 2.5]"))
        .hasMessageContaining("expected a list, as in [1, 2]");
    assertThat(load(List.of(), "dedup.bands=1e2", "dedup.split-bytes=1.5 KiB").get(DEDUP))
        .extracting(Dials::bands, Dials::splitBytes)
        .containsExactly(100, 1536L);
    assertThatThrownBy(() -> load(List.of(), "dedup.rules=s3a://a/b"))
        .hasMessage(
            "Cannot use dedup.rules = \"s3a://a/b\" (--set): expected a list, as in [\"a\",\"b\"]");
    assertThatThrownBy(() -> load(List.of(), "dedup.mode=al"))
        .hasMessage("Cannot use dedup.mode = al (--set): expected one of sample, all-rows");
    assertThatThrownBy(() -> load(List.of(), "dedup.bands=0"))
        .hasMessage("Cannot use the settings below dedup: bands must be at least 1, is 0");
    assertThatThrownBy(() -> load(List.of(), "dedup.bands"))
        .hasMessage("Cannot use --set dedup.bands: write it as key=value");
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("none.conf");
    assertThatThrownBy(() -> load(List.of(missing)))
        .hasMessageStartingWith(
            "Cannot read configuration " + missing + ": there is no such file on this disk; ");
  }

  private static String origin(List<Settings.Entry> entries, String key) {
    return entries.stream()
        .filter(entry -> entry.key().equals(key))
        .findFirst()
        .orElseThrow()
        .origin();
  }
}
