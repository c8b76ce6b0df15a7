package io.ccpairs.core.input;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread unpacks a real Wikipedia dump: our blocks against those of commons-compress. Time for
 * each file; divide its unpacked size, printed at the start, by it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Bzip2Benchmark {
  private Bytes file = new Bytes("", new byte[0]);

  /** Reads the dump and checks that both decoders give the same bytes. */
  @Setup
  public void read() throws IOException {
    Path dump =
        Path.of(
            System.getProperty("ccpairs.root", ".."),
            "../shared/data/wikipedia/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2");
    file = new Bytes("enwiki.bz2", Files.readAllBytes(dump));
    long unpacked = ours();
    if (unpacked != theirs()) {
      throw new IllegalStateException("The decoders do not agree");
    }
    System.out.println("unpacked bytes: " + unpacked);
  }

  /** Blocks of this package. */
  @Benchmark
  public long ours() throws IOException {
    long bytes = 0;
    try (Bzip2Chunks chunks =
        new Bzip2Chunks(new Split(file, 0, file.length()), InputLimits.defaults())) {
      while (chunks.next()) {
        bytes += chunks.length();
      }
    }
    return bytes;
  }

  /** The stream of commons-compress. */
  @Benchmark
  public long theirs() throws IOException {
    long bytes = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in =
        new BZip2CompressorInputStream(new ByteArrayInputStream(file.content()), true)) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        bytes += got;
      }
    }
    return bytes;
  }
}
