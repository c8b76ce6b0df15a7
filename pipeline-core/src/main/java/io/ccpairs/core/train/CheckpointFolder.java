package io.ccpairs.core.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The files of a checkpoint beyond the model's own, and how a folder appears at once. */
final class CheckpointFolder {
  static final String WEIGHTS = "model.safetensors";
  static final String OPTIMISER = "optimiser.safetensors";
  static final String FIRST = "first_moment.";
  static final String SECOND = "second_moment.";

  private CheckpointFolder() {}

  private static final long MAX_SMALL_FILE = 64L << 20;

  /** Fills a folder. */
  interface Filler {
    void fill(Path draft) throws IOException;
  }

  /**
   * Fills a hidden sibling, brings it to disk, and gives it its name.
   *
   * @throws FileAlreadyExistsException when there is a folder of that name
   */
  static void write(Path folder, Filler filler) throws IOException {
    Path target = folder.toAbsolutePath();
    Path parent = target.getParent();
    if (parent == null || Files.exists(target)) {
      throw new FileAlreadyExistsException(
          "Cannot write checkpoint " + folder + ": there is one already");
    }
    Files.createDirectories(parent);
    Path draft = parent.resolve("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectory(draft);
      filler.fill(draft);
      sync(draft);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      syncOne(parent);
    } finally {
      delete(draft);
    }
  }

  /** Copies what makes a folder of weights a model: tokenizer, configuration, pooling. */
  static void copyModel(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from, 2)) {
      for (Path file : (Iterable<Path>) tree.filter(Files::isRegularFile)::iterator) {
        String name = file.getFileName().toString();
        boolean small = name.matches(".*\\.(json|txt|md|model)") && !name.endsWith(".index.json");
        if (small && !name.equals(TrainerState.FILE) && Files.size(file) <= MAX_SMALL_FILE) {
          Path copy = to.resolve(from.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
  }

  private static void sync(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
        syncOne(path);
      }
    }
  }

  /** A folder is brought to disk as a file is; so the names in it survive a loss of power. */
  private static void syncOne(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Deletes a folder with all in it; one that is not there is fine. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> tree = Files.walk(folder)) {
      paths = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
