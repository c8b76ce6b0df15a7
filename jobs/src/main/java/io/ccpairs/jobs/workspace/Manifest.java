package io.ccpairs.jobs.workspace;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a published run is: {@code __meta__/manifest.json}. A reader needs nothing else to know that
 * the run is whole.
 *
 * @param format version of this file's own layout
 * @param schemaVersion version of the table's columns
 * @param table for example {@code pairs}
 * @param run the directory's name without {@code run=}
 * @param name what the user calls the run; the same for a run and the one that replaced it
 * @param sequence goes up with every run of the table; the largest is the newest
 * @param stage the job that made it
 * @param fingerprint of inputs and settings: equal fingerprints mean equal rows
 * @param publishedAt ISO 8601, UTC
 * @param replaces the run that this one took the place of
 * @param inputs the files read
 * @param rows kept rows by origin
 * @param idSum sum of the first 64 bits of all pair ids, in hexadecimal: equal for equal sets of
 *     rows
 * @param files the data files
 * @param code version and commit that made it
 * @param seconds how long it took, by the clock on the wall
 */
public record Manifest(
    int format,
    int schemaVersion,
    String table,
    String run,
    String name,
    long sequence,
    String stage,
    String fingerprint,
    String publishedAt,
    @Nullable String replaces,
    List<InputFile> inputs,
    Map<String, Long> rows,
    String idSum,
    List<DataFile> files,
    String code,
    double seconds) {

  /** The layout that this code writes. */
  static final int FORMAT = 1;

  /**
   * A file that was read.
   *
   * @param modified milliseconds since 1970-01-01 UTC
   */
  public record InputFile(String path, long bytes, long modified) {}

  /**
   * A file of the run, its path relative to the run's directory.
   *
   * @param bytes its size
   */
  public record DataFile(String path, long bytes) {}
}
