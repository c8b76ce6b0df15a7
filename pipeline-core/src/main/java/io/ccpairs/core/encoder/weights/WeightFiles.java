package io.ccpairs.core.encoder.weights;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The weights in a model's folder: one safetensors file, or several with an index. */
public final class WeightFiles {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final long MAX_INDEX_BYTES = 64L << 20;

  /** What checkpoints with a head put before the encoder's names. */
  private static final List<String> PREFIXES = List.of("", "bert.", "roberta.", "model.");

  private WeightFiles() {}

  /**
   * Reads the weights of these names and shapes from a folder; tensors beyond them, such as a
   * pooler's, are left alone. Names may carry the prefix of a checkpoint with a head, and norms
   * their old names {@code gamma} and {@code beta}.
   *
   * @throws ModelFileException naming the file and the tensor that is missing or has another shape,
   *     or pickle files, which are not read
   */
  public static StateDict read(Path folder, Map<String, Shape> expected, NDManager manager)
      throws IOException {
    StateDict weights = new StateDict(manager);
    try {
      find(
          folder,
          expected,
          (name, file, stored) -> weights.put(name, file.read(stored, weights.manager())));
      return weights;
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /**
   * Looks whether {@link #read} would find all weights, by the headers of the files alone.
   *
   * @throws ModelFileException as {@link #read} throws it
   */
  public static void check(Path folder, Map<String, Shape> expected) throws IOException {
    find(folder, expected, (name, file, stored) -> {});
  }

  /** Takes a tensor that was found. */
  private interface Found {
    void at(String name, Safetensors file, String stored) throws IOException;
  }

  private static void find(Path folder, Map<String, Shape> expected, Found found)
      throws IOException {
    Map<String, Path> places = places(folder);
    Map<Path, Safetensors> open = new TreeMap<>();
    try {
      for (Map.Entry<String, Shape> entry : expected.entrySet()) {
        String stored = stored(entry.getKey(), places);
        if (stored == null) {
          throw new ModelFileException(
              "Cannot read the weights in " + folder + ": no tensor " + entry.getKey());
        }
        Path path = Objects.requireNonNull(places.get(stored));
        Safetensors file = open.get(path);
        if (file == null) {
          file = Safetensors.open(path);
          open.put(path, file);
        }
        Safetensors.Tensor tensor = file.tensors().get(stored);
        if (tensor == null) {
          throw new ModelFileException(
              "Cannot read " + path + ": no tensor " + stored + ", which the index promises");
        }
        if (!tensor.shape().equals(entry.getValue())) {
          throw new ModelFileException(
              "Cannot read "
                  + path
                  + ": tensor "
                  + stored
                  + " has shape "
                  + tensor.shape()
                  + ", the configuration says "
                  + entry.getValue());
        }
        found.at(entry.getKey(), file, stored);
      }
    } finally {
      for (Safetensors file : open.values()) {
        file.close();
      }
    }
  }

  /** Writes the weights of a folder as one safetensors file. */
  public static void write(Path folder, StateDict weights) throws IOException {
    Safetensors.write(folder.resolve(SINGLE), weights.asMap());
  }

  private static @Nullable String stored(String name, Map<String, Path> places) {
    String old =
        name.replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta");
    for (String prefix : PREFIXES) {
      if (places.containsKey(prefix + name)) {
        return prefix + name;
      }
      if (places.containsKey(prefix + old)) {
        return prefix + old;
      }
    }
    return null;
  }

  /** Which file holds which tensor. */
  private static Map<String, Path> places(Path folder) throws IOException {
    Map<String, Path> places = new TreeMap<>();
    Path single = folder.resolve(SINGLE);
    if (Files.exists(single)) {
      try (Safetensors file = Safetensors.open(single)) {
        file.tensors().keySet().forEach(name -> places.put(name, single));
      }
      return places;
    }
    Path index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      throw missing(folder);
    }
    Object map = JsonFile.read(index, MAX_INDEX_BYTES).find("weight_map");
    if (!(map instanceof Map<?, ?> entries)) {
      throw new ModelFileException("Cannot use " + index + ": weight_map is missing");
    }
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      String name = String.valueOf(entry.getKey());
      String file = String.valueOf(entry.getValue());
      if (!file.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors")) {
        throw new ModelFileException(
            "Cannot use "
                + index
                + ": tensor "
                + name
                + " lies in "
                + file
                + ", which is no safetensors file of this folder");
      }
      places.put(name, folder.resolve(file));
    }
    return places;
  }

  private static ModelFileException missing(Path folder) throws IOException {
    List<String> pickles = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (var files = Files.list(folder)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".bin") || name.endsWith(".pt") || name.endsWith(".ckpt"))
            .sorted()
            .forEach(pickles::add);
      }
    }
    if (pickles.isEmpty()) {
      return new ModelFileException(
          "Cannot read the weights in " + folder + ": neither " + SINGLE + " nor " + INDEX);
    }
    return new ModelFileException(
        "Cannot read the weights in "
            + folder
            + ": "
            + String.join(", ", pickles)
            + " is a pickle file, which can run code of its author when it is opened; save the model"
            + " as "
            + SINGLE
            + " (save_pretrained does by default) and try again");
  }
}
