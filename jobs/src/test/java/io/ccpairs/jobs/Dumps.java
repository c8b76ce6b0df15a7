package io.ccpairs.jobs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Assumptions;

/** Where tests find dumps. */
public final class Dumps {
  private static final Path ROOT =
      Path.of(System.getProperty("ccpairs.root", "..")).toAbsolutePath().normalize();

  private Dumps() {}

  /** A fixture of the project. */
  public static String fixture(String path) {
    return ROOT.resolve("test-resources").resolve(path).toString();
  }

  /** Real dumps that lie beside a checkout; the test is skipped where they do not. */
  public static String real(String path) {
    Path data = ROOT.resolveSibling("shared").resolve("data").resolve(path);
    Assumptions.assumeTrue(
        Files.exists(data), "Real dumps are not beside this checkout, at ../shared/data");
    return data.toString();
  }

  /** The bytes of a file, packed into another. */
  public static Path bzip2(Path plain, Path packed) throws IOException {
    try (OutputStream out = new BZip2CompressorOutputStream(Files.newOutputStream(packed), 1)) {
      Files.copy(plain, out);
    }
    return packed;
  }
}
