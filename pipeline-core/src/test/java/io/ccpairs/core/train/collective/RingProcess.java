package io.ccpairs.core.train.collective;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One rank as a process of its own: prints its port, reads the ports of all ranks from one line,
 * then adds buffers of ones as often as it is told. Prints each round's time in nanoseconds.
 */
public final class RingProcess {
  private RingProcess() {}

  /** Arguments: rank, floats, rounds, deadline in milliseconds. */
  public static void main(String[] args) throws IOException {
    int rank = Integer.parseInt(args[0]);
    int floats = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    Duration deadline = Duration.ofMillis(Long.parseLong(args[3]));
    RingListener listener = RingListener.open(InetAddress.getLoopbackAddress());
    System.out.println(listener.address().getPort());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<InetSocketAddress> addresses = addresses(in.readLine());
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(floats * Float.BYTES).order(ByteOrder.nativeOrder());
    try (Collective ring =
        RingCollective.join(listener, Ranks.ID, rank, addresses, Ranks.SECRET, deadline)) {
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < floats; i++) {
          bytes.putFloat(i * Float.BYTES, 1);
        }
        ring.barrier();
        long begin = System.nanoTime();
        ring.allReduce(bytes);
        long nanos = System.nanoTime() - begin;
        for (int i = 0; i < floats; i++) {
          if (bytes.getFloat(i * Float.BYTES) != addresses.size()) {
            throw new IOException("Wrong sum at " + i + ": " + bytes.getFloat(i * Float.BYTES));
          }
        }
        System.out.println(nanos);
      }
    }
  }

  private static List<InetSocketAddress> addresses(String ports) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (String port : ports.trim().split(" ")) {
      addresses.add(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
    }
    return addresses;
  }

  /** Starts a rank. */
  static Process start(int rank, int floats, int rounds, Duration deadline) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:MaxDirectMemorySize=2g",
            "-XX:TieredStopAtLevel=" + (rounds > 50 ? 1 : 4),
            "-cp",
            System.getProperty("java.class.path"),
            RingProcess.class.getName(),
            String.valueOf(rank),
            String.valueOf(floats),
            String.valueOf(rounds),
            String.valueOf(deadline.toMillis()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
