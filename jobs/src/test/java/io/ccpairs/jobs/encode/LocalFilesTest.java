package io.ccpairs.jobs.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {
  /** A file system that is none of this host's, as far as its name tells. */
  public static final class Far extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("far:///");
    }
  }

  @TempDir Path folder;
  private final Configuration configuration = new Configuration();

  LocalFilesTest() {
    configuration.setClass("fs.far.impl", Far.class, org.apache.hadoop.fs.FileSystem.class);
  }

  private static Path model(Path at) throws IOException {
    Files.createDirectories(at.resolve("1_Pooling"));
    Files.writeString(at.resolve("config.json"), "{}");
    Files.writeString(at.resolve("1_Pooling/config.json"), "mean");
    return at;
  }

  @Test
  void aFolderThatIsMadeForAnotherFileSystemArrivesWholeAndIsReadBack() throws IOException {
    String place = "far://" + folder.resolve("models/e5");
    Path made = LocalFiles.write(place, "config.json", configuration, LocalFilesTest::model);
    assertThat(made.getFileName()).as("made under its own name").hasToString("e5");
    assertThat(made).as("the scratch is gone").doesNotExist();
    assertThat(folder.resolve("models/e5/1_Pooling/config.json")).hasContent("mean");
    try (var files = Files.list(folder.resolve("models/e5"))) {
      assertThat(files).as("nothing half-written").hasSize(2);
    }
    assertThatThrownBy(
            () -> LocalFiles.write(place, "config.json", configuration, LocalFilesTest::model))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("models/e5: it exists");

    assertThat(LocalFiles.of(place, configuration).resolve("1_Pooling/config.json"))
        .hasContent("mean");
    assertThat(LocalFiles.of(place + "/config.json", configuration))
        .hasFileName("config.json")
        .hasContent("{}");
  }

  @Test
  void whatHasChangedOnAnotherFileSystemIsCopiedAgain() throws IOException {
    String place = "far://" + model(folder.resolve("e5"));
    Path first = LocalFiles.of(place, configuration);
    assertThat(LocalFiles.of(place, configuration)).as("copied once").isEqualTo(first);
    Files.writeString(folder.resolve("e5/1_Pooling/config.json"), "mean of another");
    assertThat(LocalFiles.of(place, configuration).resolve("1_Pooling/config.json"))
        .hasContent("mean of another");
    assertThat(first.resolve("1_Pooling/config.json")).as("tasks may read it").hasContent("mean");
    assertThatThrownBy(() -> LocalFiles.of(place + "5", configuration))
        .hasMessageContaining("Cannot open far:")
        .hasMessageContaining("it does not exist");
  }

  @Test
  void aCopyThatIsGivenUpGoesAndWhatLayHereStays() throws IOException {
    String far = "far://" + model(folder.resolve("e5"));
    Path copy = LocalFiles.of(far, configuration);
    LocalFiles.release(copy);
    assertThat(copy.getParent()).doesNotExist();
    assertThat(folder.resolve("e5/config.json")).exists();
    assertThat(LocalFiles.of(far, configuration)).as("copied anew").isNotEqualTo(copy).exists();

    Path here = LocalFiles.of(folder.resolve("e5").toUri().toString(), configuration);
    LocalFiles.release(here);
    assertThat(folder.resolve("e5/1_Pooling/config.json")).hasContent("mean");
  }

  @Test
  void aFileIsMadeWhereItShallLieOnThisDisk() throws IOException {
    Path here = folder.resolve("model.onnx");
    Path made =
        LocalFiles.write(
            here.toUri().toString(), "", configuration, file -> Files.writeString(file, "graph"));
    assertThat(made).isEqualTo(here).hasContent("graph");
  }
}
