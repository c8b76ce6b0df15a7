package io.ccpairs.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ccpairs.core.encoder.weights.JsonFile;
import io.ccpairs.core.encoder.weights.ModelFileException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a checkpoint says of itself, in {@code trainer_state.json}: how far the training is, how it
 * was set, and the hash of each other file of the folder and of this one.
 *
 * @param step optimiser steps done
 * @param world how many ranks did the last of them
 * @param config the settings by name, as text
 * @param files hash (SHA-256) by name, relative to the folder
 */
public record TrainerState(
    long step, int world, SortedMap<String, String> config, SortedMap<String, String> files) {
  /** The name of the file. */
  public static final String FILE = "trainer_state.json";

  private static final long MAX_BYTES = 1 << 20;
  private static final int FORMAT = 1;

  /** The state of a folder whose other files are all written. */
  static TrainerState of(Path folder, long step, int world, TrainConfig config) throws IOException {
    SortedMap<String, String> settings = new TreeMap<>();
    for (RecordComponent component : TrainConfig.class.getRecordComponents()) {
      try {
        settings.put(component.getName(), String.valueOf(component.getAccessor().invoke(config)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("Cannot read " + component.getName(), e);
      }
    }
    return new TrainerState(step, world, settings, hashes(folder));
  }

  /** Writes {@link #FILE}. */
  void write(Path folder) throws IOException {
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(folder.resolve(FILE).toFile(), JsonEncoding.UTF8)
            .useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeNumberField("step", step);
      json.writeNumberField("world", world);
      write(json, "config", config);
      write(json, "sha256", files);
      json.writeStringField("sha256_of_this", hash());
      json.writeEndObject();
    }
  }

  private static void write(JsonGenerator json, String name, Map<String, String> values)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> entry : values.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  /**
   * Reads a checkpoint's state and compares every hash.
   *
   * @throws ModelFileException naming the file that is missing, damaged or more than was written
   */
  public static TrainerState verified(Path folder) throws IOException {
    TrainerState state = read(folder);
    SortedMap<String, String> found = hashes(folder);
    for (Map.Entry<String, String> entry : state.files.entrySet()) {
      String hash = found.remove(entry.getKey());
      if (!entry.getValue().equals(hash)) {
        throw new ModelFileException(
            "Cannot use checkpoint "
                + folder
                + ": "
                + entry.getKey()
                + (hash == null
                    ? " is missing"
                    : " is damaged: its SHA-256 is " + hash + ", not " + entry.getValue()));
      }
    }
    if (!found.isEmpty()) {
      throw new ModelFileException(
          "Cannot use checkpoint " + folder + ": " + found.firstKey() + " does not belong to it");
    }
    return state;
  }

  /**
   * Reads a checkpoint's state; other files are not looked at.
   *
   * @throws ModelFileException when the file is missing or damaged
   */
  public static TrainerState read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    JsonFile json = JsonFile.read(file, MAX_BYTES);
    json.number("format", FORMAT, FORMAT);
    if (!(json.find("step") instanceof Long step) || step < 0) {
      throw new ModelFileException("Cannot use " + file + ": step is no number");
    }
    TrainerState state =
        new TrainerState(
            step, json.number("world", 1, 1 << 20), texts(json, "config"), texts(json, "sha256"));
    if (!state.hash().equals(json.text("sha256_of_this"))) {
      throw new ModelFileException(
          "Cannot use " + file + ": it is damaged, its content does not have its hash");
    }
    return state;
  }

  private static SortedMap<String, String> texts(JsonFile json, String name) {
    SortedMap<String, String> texts = new TreeMap<>();
    if (json.find(name) instanceof Map<?, ?> values) {
      values.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }

  private String hash() {
    return HexFormat.of()
        .formatHex(
            sha256().digest((FORMAT + " " + step + " " + world + config + files).getBytes(UTF_8)));
  }

  private static SortedMap<String, String> hashes(Path folder) throws IOException {
    SortedMap<String, String> hashes = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) tree.filter(Files::isRegularFile)::iterator) {
        String name = folder.relativize(file).toString();
        if (!name.equals(FILE)) {
          MessageDigest sha = sha256();
          try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            byte[] block = new byte[1 << 16];
            while (in.read(block) >= 0) {}
          }
          hashes.put(name, HexFormat.of().formatHex(sha.digest()));
        }
      }
    }
    return hashes;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
