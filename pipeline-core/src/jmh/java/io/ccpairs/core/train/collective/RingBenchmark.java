package io.ccpairs.core.train.collective;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The ring alone on one machine, beside a plain copy in memory and bare sockets that carry the same
 * bytes; see docs/benchmarks/train.py. Prints one JSON object a line.
 */
public final class RingBenchmark {
  private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();
  private static final int ROUNDS = 5;

  private RingBenchmark() {}

  /** {@code FLOATS WORLD}. */
  public static void main(String[] arguments) throws Exception {
    int floats = Integer.parseInt(arguments[0]);
    int world = Integer.parseInt(arguments[1]);
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int rank = 0; rank < world; rank++) {
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(floats * Float.BYTES).order(ByteOrder.nativeOrder());
      for (int i = 0; i < floats; i++) {
        buffer.putFloat(i * Float.BYTES, i % 7);
      }
      buffers.add(buffer);
    }
    // Each rank sends, and receives, 2 (W - 1) / W of its buffer.
    long sent = 2L * (world - 1) * floats * Float.BYTES / world;
    double ring = ring(buffers);
    double sockets = sockets(world, sent);
    double copy = copy(buffers.get(0));
    System.out.printf(
        Locale.ROOT,
        "{\"floats\": %d, \"world\": %d, \"ring\": %.4f, \"sockets\": %.4f, \"copy\": %.4f,"
            + " \"ring_gbs\": %.3f, \"sockets_gbs\": %.3f, \"copy_gbs\": %.3f}%n",
        floats,
        world,
        ring,
        sockets,
        copy,
        sent / ring / 1e9,
        sent / sockets / 1e9,
        4.0 * floats / copy / 1e9);
  }

  /** Median seconds of one sum over all ranks. */
  private static double ring(List<ByteBuffer> buffers) throws Exception {
    int world = buffers.size();
    List<RingListener> listeners = new ArrayList<>();
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int rank = 0; rank < world; rank++) {
      listeners.add(RingListener.open(LOCAL));
      addresses.add(listeners.get(rank).address());
    }
    byte[] secret = "of a benchmark only".getBytes(UTF_8);
    List<Callable<double[]>> ranks = new ArrayList<>();
    for (int i = 0; i < world; i++) {
      int rank = i;
      ranks.add(
          () -> {
            double[] seconds = new double[ROUNDS];
            try (Collective collective =
                RingCollective.join(
                    listeners.get(rank),
                    new RingId("benchmark", 0, 0),
                    rank,
                    addresses,
                    secret,
                    Duration.ofMinutes(1))) {
              for (int round = -1; round < ROUNDS; round++) {
                collective.barrier();
                long begin = System.nanoTime();
                collective.allReduce(buffers.get(rank).duplicate().order(ByteOrder.nativeOrder()));
                if (round >= 0) {
                  seconds[round] = (System.nanoTime() - begin) / 1e9;
                }
              }
              collective.barrier();
            }
            return seconds;
          });
    }
    return median(slowest(together(ranks)));
  }

  /**
   * Median seconds in which each of the ranks sends so many bytes to the next and receives as many.
   */
  private static double sockets(int world, long bytes) throws Exception {
    List<ServerSocketChannel> doors = new ArrayList<>();
    for (int rank = 0; rank < world; rank++) {
      doors.add(ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0)));
    }
    List<Callable<double[]>> ends = new ArrayList<>();
    for (int rank = 0; rank < world; rank++) {
      SocketChannel out = SocketChannel.open(doors.get((rank + 1) % world).getLocalAddress());
      SocketChannel in = doors.get((rank + 1) % world).accept();
      ends.add(
          () -> {
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 18);
            for (int round = -1; round < ROUNDS; round++) {
              for (long left = bytes; left > 0; ) {
                piece.clear().limit((int) Math.min(left, piece.capacity()));
                left -= out.write(piece);
              }
            }
            return new double[ROUNDS];
          });
      ends.add(
          () -> {
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 18);
            double[] seconds = new double[ROUNDS];
            for (int round = -1; round < ROUNDS; round++) {
              long begin = System.nanoTime();
              for (long left = bytes; left > 0; ) {
                piece.clear().limit((int) Math.min(left, piece.capacity()));
                int read = in.read(piece);
                if (read < 0) {
                  throw new EOFException();
                }
                left -= read;
              }
              if (round >= 0) {
                seconds[round] = (System.nanoTime() - begin) / 1e9;
              }
            }
            in.close();
            return seconds;
          });
    }
    double[] seconds = slowest(together(ends));
    for (ServerSocketChannel door : doors) {
      door.close();
    }
    return median(seconds);
  }

  /** Median seconds of one copy of a buffer by one thread. */
  private static double copy(ByteBuffer from) {
    ByteBuffer to = ByteBuffer.allocateDirect(from.capacity());
    double[] seconds = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      to.clear().put(from.duplicate().clear());
      if (round >= 0) {
        seconds[round] = (System.nanoTime() - begin) / 1e9;
      }
    }
    return median(seconds);
  }

  private static List<double[]> together(List<Callable<double[]>> tasks)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Future<double[]>> running = new ArrayList<>();
      for (Callable<double[]> task : tasks) {
        running.add(threads.submit(task));
      }
      List<double[]> results = new ArrayList<>();
      for (Future<double[]> one : running) {
        results.add(one.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static double[] slowest(List<double[]> ranks) {
    double[] most = new double[ROUNDS];
    for (double[] rank : ranks) {
      for (int round = 0; round < ROUNDS; round++) {
        most[round] = Math.max(most[round], rank[round]);
      }
    }
    return most;
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
