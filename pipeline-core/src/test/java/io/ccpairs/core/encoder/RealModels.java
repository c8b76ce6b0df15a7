package io.ccpairs.core.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Real models from Maven's jars, as ONNX files and as imported folders under {@code target}. */
public enum RealModels {
  E5_SMALL_V2("e5-small-v2"),
  ALL_MINILM_L6_V2("all-minilm-l6-v2");

  private static final Path PLACE = Path.of("target", "test-models");

  private static final Map<RealModels, Path> IMPORTED = new ConcurrentHashMap<>();

  private final String name;

  RealModels(String name) {
    this.name = name;
  }

  /** The ONNX file. */
  public Path onnx() {
    return unpacked(name + ".onnx");
  }

  /** Its tokenizer. */
  public Path tokenizer() {
    return unpacked(name + "-tokenizer.json");
  }

  /** The folder that import makes of both, once for each run of the tests. */
  public Path folder() {
    return IMPORTED.computeIfAbsent(
        this,
        model -> {
          Path folder = PLACE.resolve(name);
          try {
            FolderFiles.delete(folder);
            ModelImport.onnx(onnx(), tokenizer(), folder, ModelImport.Wishes.NONE);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return folder;
        });
  }

  private synchronized Path unpacked(String resource) {
    Path file = PLACE.resolve(resource);
    if (Files.exists(file)) {
      return file;
    }
    try (InputStream in = RealModels.class.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new IllegalStateException("Resource " + resource + " is missing");
      }
      Files.createDirectories(PLACE);
      Path draft = PLACE.resolve(resource + "." + UUID.randomUUID());
      Files.copy(in, draft);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }
}
