package io.ccpairs.jobs.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.corpus.CorpusConfig;
import io.ccpairs.jobs.TestSpark;
import io.ccpairs.jobs.workspace.RunExistsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusJobTest {
  private static final CorpusConfig FEW = new CorpusConfig(7, 30, 0.2, 0.1, 5, 20);

  @TempDir Path folder;

  private CorpusJob.Result write() throws IOException {
    return new CorpusJob(TestSpark.local(), FEW).run(folder.toString());
  }

  @Test
  void dumpsOfSomebodyElseAreLeftAlone() throws IOException {
    Path dump = Files.createDirectories(folder.resolve("reddit")).resolve("RS_2024-01.jsonl");
    Files.writeString(dump, "{}");
    assertThatThrownBy(this::write)
        .isInstanceOf(RunExistsException.class)
        .hasMessageContaining("reddit is there");
    assertThat(dump).hasContent("{}");
    try (var all = Files.list(folder)) {
      assertThat(all).containsExactly(folder.resolve("reddit"));
    }
  }

  @Test
  void whatABrokenOffCallLeftIsWrittenAnew() throws IOException {
    assertThat(write().upToDate()).isFalse();
    assertThat(folder.resolve("_corpus.begun")).doesNotExist();
    assertThat(write().upToDate()).isTrue();

    Files.delete(folder.resolve("corpus.json"));
    Files.createFile(folder.resolve("_corpus.begun"));
    Path half = Files.writeString(folder.resolve("reddit/half.zst"), "half");
    assertThat(write().upToDate()).isFalse();
    assertThat(half).doesNotExist();
  }
}
