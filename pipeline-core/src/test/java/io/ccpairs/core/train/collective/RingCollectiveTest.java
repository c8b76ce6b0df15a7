package io.ccpairs.core.train.collective;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strangers, processes that die or hang, and damage on the way. */
class RingCollectiveTest {
  private static final Duration SHORT = Duration.ofMillis(1500);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

  private final List<RingListener> listeners = new ArrayList<>();
  private final List<InetSocketAddress> addresses = new ArrayList<>();

  private void listen(int world) throws IOException {
    for (int rank = 0; rank < world; rank++) {
      RingListener listener = RingListener.open(LOCAL);
      listeners.add(listener);
      addresses.add(listener.address());
    }
  }

  private Collective join(int rank, RingId id, byte[] secret, Duration deadline)
      throws IOException {
    return RingCollective.join(listeners.get(rank), id, rank, addresses, secret, deadline);
  }

  @Test
  void aRankWithAnotherSecretIsRefused() throws Exception {
    listen(2);
    byte[] other = "another secret, as long".getBytes(UTF_8);
    assertThatThrownBy(
            () ->
                Ranks.threads(
                    2,
                    rank -> join(rank, Ranks.ID, rank == 0 ? Ranks.SECRET : other, LONG),
                    rank -> 0))
        .isInstanceOf(CollectiveException.class)
        .hasMessageContaining("rank 1")
        .hasMessageContaining("secret");
  }

  @Test
  void aRankOfAnEarlierAttemptIsRefused() throws Exception {
    listen(2);
    RingId earlier = new RingId("app-1", 3, 0);
    RingId now = new RingId("app-1", 3, 1);
    assertThatThrownBy(
            () ->
                Ranks.threads(
                    2,
                    rank -> join(rank, rank == 0 ? now : earlier, Ranks.SECRET, LONG),
                    rank -> 0))
        .isInstanceOf(CollectiveException.class)
        .hasMessageContaining("refused by rank 1");
    // The partner that must succeed: both of one attempt.
    listeners.clear();
    addresses.clear();
    listen(2);
    assertThat(Ranks.threads(2, rank -> join(rank, now, Ranks.SECRET, LONG), Collective::world))
        .containsExactly(2, 2);
  }

  @Test
  void strangersDoNotKeepARingFromClosing() throws Exception {
    listen(2);
    try (Socket silent = new Socket(LOCAL, addresses.get(0).getPort());
        Socket babbling = new Socket(LOCAL, addresses.get(1).getPort())) {
      babbling.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
      assertThat(
              Ranks.threads(
                  2,
                  rank -> join(rank, Ranks.ID, Ranks.SECRET, LONG),
                  rank -> {
                    rank.barrier();
                    return rank.rank();
                  }))
          .containsExactly(0, 1);
      assertThat(silent.isConnected()).isTrue();
    }
  }

  @Test
  void aListenerIsBoundToOneAddress() throws Exception {
    assertThatThrownBy(() -> RingListener.open(InetAddress.getByName("0.0.0.0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name the address");
    try (RingListener listener = RingListener.open(LOCAL)) {
      assertThat(listener.address().getAddress()).isEqualTo(LOCAL);
    }
  }

  @Test
  void aRankThatDoesNotComeIsNamed() throws Exception {
    listen(2);
    assertThatThrownBy(() -> join(0, Ranks.ID, Ranks.SECRET, Duration.ofMillis(300)))
        .isInstanceOf(CollectiveException.class)
        .hasMessageContaining("rank 1");
  }

  @Test
  void theSecretNeverTravels() throws Exception {
    StringBuilder seen = new StringBuilder();
    listen(2);
    try (Proxy proxy = new Proxy(addresses.get(1), -1, seen)) {
      List<InetSocketAddress> through = List.of(addresses.get(0), proxy.address());
      Ranks.threads(
          2,
          rank ->
              RingCollective.join(listeners.get(rank), Ranks.ID, rank, through, Ranks.SECRET, LONG),
          rank -> {
            rank.barrier();
            return 0;
          });
    }
    assertThat(seen.toString()).contains("app-1").doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(ints = {5_000, 200_000, 401_000})
  void aByteThatIsDamagedOnTheWayIsNoticed(int place) throws Exception {
    listen(2);
    try (Proxy proxy = new Proxy(addresses.get(1), place, new StringBuilder())) {
      List<InetSocketAddress> through = List.of(addresses.get(0), proxy.address());
      assertThatThrownBy(
              () ->
                  Ranks.threads(
                      2,
                      rank ->
                          RingCollective.join(
                              listeners.get(rank), Ranks.ID, rank, through, Ranks.SECRET, LONG),
                      rank -> {
                        rank.allReduce(ByteBuffer.allocateDirect(800_000));
                        return 0;
                      }))
          .isInstanceOf(CollectiveException.class)
          .hasMessageContaining("from rank 0");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void processesAddUp(int world) throws Exception {
    List<Process> processes = new ArrayList<>();
    try {
      for (int rank = 0; rank < world; rank++) {
        processes.add(RingProcess.start(rank, 100_003, 3, LONG));
      }
      List<BufferedReader> outs = new ArrayList<>();
      List<String> ports = new ArrayList<>();
      for (Process process : processes) {
        outs.add(new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)));
        ports.add(outs.get(outs.size() - 1).readLine());
      }
      for (Process process : processes) {
        tell(process, String.join(" ", ports));
      }
      for (int rank = 0; rank < world; rank++) {
        assertThat(processes.get(rank).waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(processes.get(rank).exitValue()).isZero();
        assertThat(outs.get(rank).lines().collect(Collectors.toList())).hasSize(3);
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static void tell(Process process, String line) throws IOException {
    OutputStream out = process.getOutputStream();
    out.write((line + "\n").getBytes(UTF_8));
    out.flush();
  }

  /** Ranks 0 and 1 are threads, rank 2 is a process, to which something happens. */
  private List<String> failuresWhen(Duration deadline, String signal) throws Exception {
    listen(2);
    Process process = RingProcess.start(2, 50_000, 1_000_000, LONG);
    try {
      BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      addresses.add(new InetSocketAddress(LOCAL, Integer.parseInt(out.readLine())));
      tell(
          process,
          addresses.stream().map(each -> "" + each.getPort()).collect(Collectors.joining(" ")));
      Thread doom =
          new Thread(
              () -> {
                try {
                  for (int round = 0; round < 20; round++) {
                    Long.parseLong(out.readLine()); // a time: the ring works so far
                  }
                  new ProcessBuilder("kill", signal, "" + process.pid()).start().waitFor();
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      doom.start();
      return Ranks.threads(
          2,
          rank -> join(rank, Ranks.ID, Ranks.SECRET, deadline),
          rank -> {
            ByteBuffer bytes = ByteBuffer.allocateDirect(200_000).order(ByteOrder.nativeOrder());
            try {
              while (true) {
                for (int i = 0; i < bytes.capacity(); i += Float.BYTES) {
                  bytes.putFloat(i, 1);
                }
                rank.barrier();
                rank.allReduce(bytes);
              }
            } catch (CollectiveException e) {
              assertThatThrownBy(rank::barrier).isInstanceOf(CollectiveException.class);
              return String.valueOf(e.getMessage());
            }
          });
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aKilledRankIsNamedByAll() throws Exception {
    assertThat(failuresWhen(LONG, "-KILL"))
        .hasSize(2)
        .allSatisfy(message -> assertThat(message).contains("rank 2"));
  }

  @Test
  void aHungRankIsNamedByAllAfterTheDeadline() throws Exception {
    assertThat(failuresWhen(SHORT, "-STOP"))
        .hasSize(2)
        .allSatisfy(message -> assertThat(message).contains("rank 2").contains("1500 ms"));
  }

  /** Passes bytes on to a rank, flips one of them, and notes what passes. */
  private static final class Proxy implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 1, LOCAL);
    private final List<Socket> sockets = new ArrayList<>();

    Proxy(InetSocketAddress to, int flipped, StringBuilder seen) throws IOException {
      Thread thread =
          new Thread(
              () -> {
                try {
                  Socket in = door.accept();
                  Socket out = new Socket(to.getAddress(), to.getPort());
                  sockets.addAll(List.of(in, out));
                  Thread back = new Thread(() -> pass(out, in, -1, seen));
                  back.setDaemon(true);
                  back.start();
                  pass(in, out, flipped, seen);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    InetSocketAddress address() {
      return new InetSocketAddress(LOCAL, door.getLocalPort());
    }

    private static void pass(Socket from, Socket to, int flipped, StringBuilder seen) {
      try {
        InputStream in = from.getInputStream();
        byte[] block = new byte[4096];
        long at = 0;
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
          if (flipped >= at && flipped < at + n) {
            block[(int) (flipped - at)] ^= 4;
          }
          synchronized (seen) {
            seen.append(new String(block, 0, n, ISO_8859_1));
          }
          to.getOutputStream().write(block, 0, n);
          at += n;
        }
        to.shutdownOutput();
      } catch (IOException e) {
        return; // one of the sides has gone
      }
    }

    @Override
    public void close() throws IOException {
      door.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
