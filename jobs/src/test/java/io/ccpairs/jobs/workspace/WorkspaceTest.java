package io.ccpairs.jobs.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.jobs.spark.PairRows;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    workspace = Workspace.at(folder.toString(), HADOOP);
  }

  private static Order order(@Nullable String name, int k) {
    return new Order(
        "pairs",
        "mine",
        1,
        1,
        name,
        List.of(new Manifest.InputFile("dump.xml", 10, 20)),
        new TreeMap<>(Map.of("mine.k", Integer.toString(k))));
  }

  private PublishedRun make(Order order, OnExisting onExisting, String row) throws IOException {
    try (Draft draft = workspace.begin(order, onExisting).draft().orElseThrow()) {
      Path part = local(draft.data("reddit")).resolve("part-0.parquet");
      Files.createDirectories(part.getParent());
      Files.writeString(part, row);
      return draft.publish(List.of(piece(1L)), PairRows.SCHEMA, DatasetCard::of);
    }
  }

  private static Path local(org.apache.hadoop.fs.Path path) {
    return Path.of(path.toUri().getPath());
  }

  @Test
  void aRunIsThereOnceItIsPublishedAndNotBefore() throws IOException {
    Draft draft = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow();
    assertThat(workspace.runs("pairs")).isEmpty();

    draft.publish(List.of(piece(0L)), PairRows.SCHEMA, DatasetCard::of);

    PublishedRun run = Workspace.open(folder + "/pairs", HADOOP);
    assertThat(run.manifest().run()).isEqualTo("a");
    assertThat(run.settings(workspace.files())).isEqualTo(Map.of("mine.k", "2"));
    assertThat(folder.resolve("pairs/run=a/__meta__/lease.json")).doesNotExist();
  }

  @Test
  void aRunOfALaterFormatIsRefusedWithTheCodeThatWroteIt() throws IOException {
    make(order("a", 2), OnExisting.SKIP, "row");
    Path manifest = folder.resolve("pairs/run=a/__meta__/manifest.json");
    Files.delete(manifest.resolveSibling(".manifest.json.crc"));
    Files.writeString(
        manifest, "{\"format\": 2, \"sequence\": {\"of\": 1}, \"code\": \"9.0 (abc)\"}");

    for (String place : List.of("/pairs", "/pairs/run=a")) {
      assertThatThrownBy(() -> Workspace.open(folder + place, HADOOP))
          .isInstanceOf(FileNotFoundException.class)
          .hasMessageContaining("its manifest has format 2, this ccpairs reads up to 1")
          .hasMessageEndingWith("written by ccpairs 9.0 (abc)");
    }
    assertThatThrownBy(() -> workspace.begin(order("b", 2), OnExisting.SKIP))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void theSameOrderIsUpToDateAndAnotherIsRefusedWithTheDifference() throws IOException {
    make(order("a", 2), OnExisting.SKIP, "row");

    assertThat(workspace.begin(order("a", 2), OnExisting.SKIP).upToDate()).isPresent();
    assertThatThrownBy(() -> workspace.begin(order("a", 3), OnExisting.SKIP))
        .isInstanceOf(RunExistsException.class)
        .hasMessageContaining("run=a")
        .hasMessageContaining("mine.k was 2, is 3");
    assertThatThrownBy(() -> workspace.begin(order("a", 2), OnExisting.FAIL))
        .hasMessageContaining("published already");
  }

  @Test
  void runsWithoutANameAreFoundByWhatMadeThem() throws IOException {
    make(order(null, 2), OnExisting.SKIP, "row");
    make(order(null, 3), OnExisting.SKIP, "row");

    assertThat(workspace.runs("pairs")).hasSize(2);
    assertThat(workspace.begin(order(null, 2), OnExisting.SKIP).upToDate()).isPresent();
  }

  @Test
  void overwritingLeavesTheOldRunUntilTheNewOneIsPublished() throws IOException {
    make(order("a", 2), OnExisting.SKIP, "old");

    Draft draft = workspace.begin(order("a", 3), OnExisting.OVERWRITE).draft().orElseThrow();
    PublishedRun meanwhile = Workspace.open(folder + "/pairs", HADOOP);
    assertThat(Files.readString(local(meanwhile.data()).resolve("origin=reddit/part-0.parquet")))
        .isEqualTo("old");
    draft.publish(List.of(), PairRows.SCHEMA, DatasetCard::of);

    assertThat(workspace.runs("pairs")).hasSize(1);
    PublishedRun after = Workspace.open(folder + "/pairs", HADOOP);
    assertThat(after.manifest().name()).isEqualTo("a");
    assertThat(after.manifest().replaces()).isEqualTo("a");
    assertThat(folder.resolve("pairs/run=a")).doesNotExist();
    assertThat(workspace.begin(order("a", 3), OnExisting.SKIP).upToDate()).isPresent();
  }

  @Test
  void aBrokenOffRunIsStartedAnewOrResumedPieceByPiece() throws IOException {
    Draft first = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow();
    first.finish(piece(0L));
    first.close();
    kill("a");

    Draft resumed = workspace.begin(order("a", 2), OnExisting.RESUME).draft().orElseThrow();
    assertThat(resumed.finished("reddit")).isPresent();
    resumed.close();
    kill("a");

    Draft anew = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow();
    assertThat(anew.finished("reddit")).isEmpty();
    anew.close();
    kill("a");
  }

  @Test
  void piecesMadeWithOtherSettingsAreNotResumed() throws IOException {
    Draft first = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow();
    first.finish(piece(0L));
    first.close();
    kill("a");

    Draft other = workspace.begin(order("a", 3), OnExisting.RESUME).draft().orElseThrow();
    assertThat(other.finished("reddit")).isEqualTo(Optional.empty());
    other.close();
  }

  @Test
  void aSecondDriverIsKeptAwayWhileTheFirstLives() throws IOException {
    try (Draft first = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow()) {
      assertThat(first.path().getName()).isEqualTo("run=a");
      assertThatThrownBy(() -> workspace.begin(order("a", 2), OnExisting.RESUME))
          .isInstanceOf(RunExistsException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void aDriverThatWasTakenForDeadPublishesNothing() throws IOException {
    Draft silent = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow();
    kill("a");
    Draft next = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow();
    assertThatThrownBy(() -> silent.finish(piece(0L))).isInstanceOf(RunExistsException.class);
    assertThatThrownBy(() -> silent.publish(List.of(), PairRows.SCHEMA, DatasetCard::of))
        .isInstanceOf(RunExistsException.class)
        .hasMessageContaining("another one took it over");
    silent.close();
    next.publish(List.of(piece(0L)), PairRows.SCHEMA, DatasetCard::of);
    assertThat(workspace.runs("pairs")).hasSize(1);
  }

  /** Half a cleaned directory is not what the pieces in it were made of. */
  @Test
  void aDraftWhoseCleaningWasBrokenOffIsCleanedAgain() throws IOException {
    Draft first = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow();
    first.finish(piece(0L));
    first.close();
    Files.delete(folder.resolve("pairs/run=a/__meta__/begun.json"));

    Draft next = workspace.begin(order("a", 2), OnExisting.RESUME).draft().orElseThrow();
    assertThat(next.finished("reddit")).isEmpty();
    next.close();
  }

  @Test
  void aFileThatTheStageDidNotNameIsNoPartOfTheRun() throws IOException {
    try (Draft draft = workspace.begin(order("a", 2), OnExisting.SKIP).draft().orElseThrow()) {
      Path data = local(draft.data("reddit"));
      Files.createDirectories(data);
      Files.writeString(data.resolve("part-0"), "row");
      Files.writeString(data.resolve("part-0-again"), "row");
      PublishedRun run =
          draft.publish(
              List.of(piece(1L)),
              PairRows.SCHEMA,
              name -> name.equals("data/origin=reddit/part-0"),
              DatasetCard::of);
      assertThat(run.manifest().files()).hasSize(1);
      assertThat(data.resolve("part-0-again")).doesNotExist();
    }
  }

  @Test
  void aNameThatAReplacementTookIsNotOverwritten() throws IOException {
    make(order("a", 2), OnExisting.SKIP, "old");
    make(order("a", 3), OnExisting.OVERWRITE, "new");
    assertThat(folder.resolve("pairs/run=a-2")).isDirectory();

    assertThatThrownBy(() -> workspace.begin(order("a-2", 4), OnExisting.SKIP))
        .isInstanceOf(RunExistsException.class)
        .hasMessageContaining("run=a-2");
    assertThat(workspace.runs("pairs")).hasSize(1);
  }

  @Test
  void aNameThatLeavesTheTableIsRefused() {
    for (String name : List.of("../x", "a/b", "", ".", "a b", "x".repeat(101))) {
      assertThatThrownBy(() -> workspace.begin(order(name, 2), OnExisting.SKIP))
          .as(name)
          .hasMessageContaining("letters, digits");
    }
  }

  @Test
  void aPathWithoutAPublishedRunIsNamed() {
    assertThatThrownBy(() -> Workspace.open(folder + "/none", HADOOP))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(folder + "/none: no published run there");
  }

  /** Makes the lease look as if its process had died. */
  private void kill(String run) throws IOException {
    org.apache.hadoop.fs.Path meta =
        new org.apache.hadoop.fs.Path(folder.toString(), "pairs/run=" + run + "/__meta__");
    LeaseTest.kill(workspace.files(), meta);
  }

  private static Draft.Piece piece(long rows) {
    return new Draft.Piece("reddit", FunnelFile.of(new Funnel()), Map.of(), "0", rows);
  }
}
