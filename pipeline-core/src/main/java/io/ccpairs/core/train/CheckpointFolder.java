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
  static final String OPTIMISER = "optimiser.safetensors";
  static final String FIRST = "first_moment.";
  static final String SECOND = "second_moment.";

  private CheckpointFolder() {}

  /** Makes a folder. */
  interface Maker {
    void make(Path folder) throws IOException;
  }

  /**
   * Makes a folder of this name in a hidden sibling, brings it to disk, and moves it to its place.
   *
   * @throws FileAlreadyExistsException when there is a folder of that name
   */
  static void write(Path folder, Maker maker) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    Path parent = target.getParent();
    if (parent == null || Files.exists(target)) {
      throw new FileAlreadyExistsException(
          "Cannot write checkpoint " + folder + ": there is one already");
    }
    Files.createDirectories(parent);
    Path hidden = hidden(target);
    try {
      Files.createDirectory(hidden);
      Path draft = hidden.resolve(target.getFileName());
      maker.make(draft);
      sync(draft);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      syncOne(parent);
    } finally {
      delete(hidden);
    }
  }

  /** A name beside a folder that no reader takes for a checkpoint. */
  static Path hidden(Path folder) {
    return folder.resolveSibling("." + folder.getFileName() + "." + UUID.randomUUID());
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
