package io.ccpairs.core.train.collective;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How two neighbours of a ring make sure of each other: each proves by HMAC-SHA256 over the other's
 * fresh challenge that it knows the secret, the application, stage and attempt, and its own place.
 * The secret itself never travels. What follows is neither encrypted nor signed.
 */
final class RingHandshake {
  private static final int MAGIC = 0x63637272;
  private static final int CHALLENGE = 32;
  private static final int MAX_NAME = 1024;

  /** Of one stranger; a neighbour answers at once. */
  private static final int STRANGER_MILLIS = 5_000;

  /** Strangers heard at a time; more wait in the system's queue. */
  private static final int STRANGERS = 32;

  private final RingId id;
  private final int world;
  private final int rank;
  private final byte[] secret;

  RingHandshake(RingId id, int world, int rank, byte[] secret) {
    if (secret.length < 16) {
      throw new IllegalArgumentException(
          "Cannot join a ring with a secret of " + secret.length + " bytes: 16 are the least");
    }
    this.id = id;
    this.world = world;
    this.rank = rank;
    this.secret = secret.clone();
  }

  /** Reaches the next rank. */
  SocketChannel connect(InetSocketAddress address, Duration deadline) throws IOException {
    int to = (rank + 1) % world;
    String peer = "rank " + to + " at " + address;
    SocketChannel channel = SocketChannel.open();
    try {
      Socket socket = channel.socket();
      int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, deadline.toMillis()));
      try {
        socket.connect(address, millis);
      } catch (IOException e) {
        throw new CollectiveException("Rank " + rank + " cannot reach " + peer + ": " + e, e);
      }
      socket.setSoTimeout(millis);
      byte[] hello = hello(rank, to, challenge());
      byte[] theirs = new byte[CHALLENGE];
      try {
        DataOutputStream out = buffered(socket.getOutputStream());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        out.write(hello);
        out.flush();
        in.readFully(theirs);
        byte[] proof = in.readNBytes(CHALLENGE);
        if (!MessageDigest.isEqual(proof, prove("listener", hello, theirs))) {
          throw new CollectiveException(
              "Rank " + rank + " does not trust " + peer + ": it does not know the secret");
        }
        out.write(prove("caller", hello, theirs));
        out.flush();
        if (in.read() != 1) {
          throw new EOFException("closed");
        }
      } catch (SocketTimeoutException e) {
        throw new CollectiveException(
            "Rank " + rank + " waited " + millis + " ms for an answer of " + peer, e);
      } catch (CollectiveException e) {
        throw e;
      } catch (IOException e) {
        throw new CollectiveException(
            "Rank "
                + rank
                + " is refused by "
                + peer
                + ": it has another secret than this one, or expects another rank than of "
                + id,
            e);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Waits for the rank before this one; strangers are refused and do not end the waiting.
   *
   * @return comes to its end by an exception when the deadline passes first
   */
  SocketChannel accept(RingListener listener, Duration deadline) throws IOException {
    CompletableFuture<SocketChannel> found = new CompletableFuture<>();
    List<String> refused = new CopyOnWriteArrayList<>();
    Thread door = new Thread(() -> listen(listener, found, refused), "ccpairs-ring-door");
    door.setDaemon(true);
    door.start();
    int from = (rank + world - 1) % world;
    try {
      return found.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CollectiveException(
          "Rank "
              + rank
              + " waited "
              + deadline.toMillis()
              + " ms for rank "
              + from
              + (refused.isEmpty() ? "" : "; refused " + refused.size() + ": " + refused.get(0)),
          e);
    } catch (ExecutionException e) {
      throw new CollectiveException("Rank " + rank + " cannot listen: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CollectiveException("Rank " + rank + " was interrupted", e);
    } finally {
      listener.close();
    }
  }

  /** Ends when the listener closes. */
  private void listen(
      RingListener listener, CompletableFuture<SocketChannel> found, List<String> refused) {
    Semaphore places = new Semaphore(STRANGERS);
    try {
      while (true) {
        places.acquire();
        SocketChannel stranger = listener.channel().accept();
        Thread hearing =
            new Thread(
                () -> {
                  hear(stranger, found, refused);
                  places.release();
                },
                "ccpairs-ring-handshake");
        hearing.setDaemon(true);
        hearing.start();
      }
    } catch (IOException | InterruptedException e) {
      found.completeExceptionally(e); // of no effect where the neighbour has come
    }
  }

  private void hear(
      SocketChannel stranger, CompletableFuture<SocketChannel> found, List<String> refused) {
    String from = String.valueOf(stranger.socket().getRemoteSocketAddress());
    try {
      stranger.socket().setSoTimeout(STRANGER_MILLIS);
      String reason = answer(stranger.socket());
      if (reason.isEmpty() && found.complete(stranger)) {
        return;
      }
      note(refused, from + " " + (reason.isEmpty() ? "came twice" : reason));
    } catch (IOException e) {
      note(refused, from + " " + e);
    }
    try {
      stranger.close();
    } catch (IOException e) {
      note(refused, from + " " + e);
    }
  }

  private static void note(List<String> refused, String reason) {
    if (refused.size() < STRANGERS) {
      refused.add(reason);
    }
  }

  /** Returns why the caller is none of ours; empty where it is the rank before this one. */
  private String answer(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    DataOutputStream out = buffered(socket.getOutputStream());
    byte[] expected = hello((rank + world - 1) % world, rank, new byte[CHALLENGE]);
    if (in.readInt() != MAGIC) {
      return "does not speak this protocol";
    }
    int length = in.readUnsignedShort();
    if (length > MAX_NAME + 64) {
      return "does not speak this protocol";
    }
    byte[] name = in.readNBytes(length);
    byte[] challenge = in.readNBytes(CHALLENGE);
    byte[] hello = hello(name, challenge);
    if (!MessageDigest.isEqual(hello(name, new byte[CHALLENGE]), expected)) {
      return "is \""
          + printable(name)
          + "\", not \""
          + name((rank + world - 1) % world, rank)
          + "\"";
    }
    byte[] own = challenge();
    out.write(own);
    out.write(prove("listener", hello, own));
    out.flush();
    byte[] proof = in.readNBytes(CHALLENGE);
    if (!MessageDigest.isEqual(proof, prove("caller", hello, own))) {
      return "does not know the secret";
    }
    out.write(1);
    out.flush();
    return "";
  }

  private static String printable(byte[] name) {
    return new String(name, UTF_8).replaceAll("[^\\x20-\\x7E]", "?");
  }

  private String name(int from, int to) {
    String name = id + ", rank " + from + " to " + to + " of " + world;
    return name.length() <= MAX_NAME ? name : name.substring(name.length() - MAX_NAME);
  }

  private byte[] hello(int from, int to, byte[] challenge) throws IOException {
    return hello(name(from, to).getBytes(UTF_8), challenge);
  }

  private static byte[] hello(byte[] name, byte[] challenge) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeShort(name.length);
      out.write(name);
      out.write(challenge);
    }
    return bytes.toByteArray();
  }

  private byte[] prove(String side, byte[] hello, byte[] challenge) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update(side.getBytes(UTF_8));
      mac.update((byte) 0);
      mac.update(hello);
      mac.update(challenge);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256", e);
    }
  }

  /** Fresh and not to be guessed: a new key's bytes. */
  private static byte[] challenge() {
    try {
      KeyGenerator keys = KeyGenerator.getInstance("HmacSHA256");
      keys.init(8 * CHALLENGE);
      return keys.generateKey().getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256", e);
    }
  }

  private static DataOutputStream buffered(OutputStream out) {
    return new DataOutputStream(new BufferedOutputStream(out));
  }
}
