package io.ccpairs.jobs.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a stage is asked to make: table, inputs and settings.
 *
 * @param table the table's name
 * @param stage the job's name
 * @param stageVersion goes up when the job's code makes other rows of the same input
 * @param schemaVersion the version of the table's columns
 * @param name what the user calls the run; null for the fingerprint
 * @param inputs the files to read, in a fixed order
 * @param settings the effective settings that shape the rows, by key
 */
public record Order(
    String table,
    String stage,
    int stageVersion,
    int schemaVersion,
    @Nullable String name,
    List<Manifest.InputFile> inputs,
    SortedMap<String, String> settings) {

  /** 16 hexadecimal digits that differ when stage, inputs or settings do. */
  public String fingerprint() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      feed(sha, stage + "/" + stageVersion + "/" + schemaVersion);
      for (Manifest.InputFile input : inputs) {
        feed(sha, input.path() + "/" + input.bytes() + "/" + input.modified());
      }
      settings.forEach((key, value) -> feed(sha, key + "=" + value));
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static void feed(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    sha.update(bytes);
    sha.update((byte) 0);
  }
}
