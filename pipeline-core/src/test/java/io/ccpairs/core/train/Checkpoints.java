package io.ccpairs.core.train;

import io.ccpairs.core.encoder.weights.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The checkpoints of one training: a directory with a folder for each, named by its step. */
public final class Checkpoints {
  private static final String NAME = "step-\\d{8,}";
  private static final String HIDDEN = "\\.step-\\d{8,}\\..*";

  private final Path directory;
  private final int keep;

  /**
   * The checkpoints in a directory, which need not exist yet.
   *
   * @param keep how many are left; older ones are deleted when a new one is there. At least 2, as
   *     the newest may turn out damaged
   */
  public Checkpoints(Path directory, int keep) {
    if (keep < 2) {
      throw new IllegalArgumentException("Cannot keep " + keep + " checkpoints: 2 are the least");
    }
    this.directory = directory;
    this.keep = keep;
  }

  /** The name of a step's folder; names in order are steps in order. */
  public static String name(long step) {
    return String.format(Locale.ROOT, "step-%08d", step);
  }

  /** The folders, the oldest first. They may be damaged. */
  public List<Path> list() throws IOException {
    return folders(NAME);
  }

  private List<Path> folders(String pattern) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches(pattern))
          .sorted(
              Comparator.comparingInt((Path entry) -> entry.getFileName().toString().length())
                  .thenComparing(Comparator.naturalOrder()))
          .toList();
    }
  }

  /**
   * The newest checkpoint of which every file has its hash.
   *
   * @param refused is told why newer ones are not used, naming the file
   */
  public Optional<Path> latestGood(Consumer<String> refused) throws IOException {
    List<Path> folders = list();
    for (int i = folders.size() - 1; i >= 0; i--) {
      try {
        TrainerState.verified(folders.get(i));
        return Optional.of(folders.get(i));
      } catch (ModelFileException e) {
        refused.accept(String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /**
   * Saves the trainer under its step, then deletes what is too old, and what a killed process left
   * behind. A good checkpoint of that step stays as it is. Call it on one rank.
   *
   * @return the checkpoint's folder
   */
  public Path save(Trainer trainer) throws IOException {
    Path folder = directory.resolve(name(trainer.step()));
    for (Path left : folders(HIDDEN)) {
      CheckpointFolder.delete(left);
    }
    if (Files.exists(folder)) {
      try {
        TrainerState.verified(folder);
        return folder;
      } catch (ModelFileException e) {
        remove(folder);
      }
    }
    trainer.save(folder);
    List<Path> all = list();
    for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
      remove(old);
    }
    return folder;
  }

  /** Out of sight first, so that no half-deleted folder is ever seen. */
  private static void remove(Path folder) throws IOException {
    Path hidden = CheckpointFolder.hidden(folder);
    Files.move(folder, hidden, StandardCopyOption.ATOMIC_MOVE);
    CheckpointFolder.delete(hidden);
  }
}
