package io.ccpairs.core.train.collective;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.train.collective.RingPlan.Piece;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Ranks in different processes, each connected to the next by one socket.
 *
 * <p>A rank that waits says so all the time, so the one that says nothing for the deadline is the
 * one that hangs, or computes for longer than the deadline; its neighbour names it and tells the
 * others. Each piece carries the number of its exchange, its place, a checksum (CRC-32C), and in
 * sums a sentinel to which each rank has added 1. For one thread.
 */
public final class RingCollective implements Collective {
  private static final int PIECE_BYTES = 1 << 18; // passes through the second cache
  private static final int HEAD = 28;
  private static final int DATA = 0x63630001;
  private static final int WAITING = 0x63630002;
  private static final int FAILED = 0x63630003;
  private static final int MAX_REASON = 1024;

  private final int rank;
  private final int world;
  private final Duration deadline;
  private final @Nullable SocketChannel next;
  private final @Nullable SocketChannel previous;
  private final @Nullable Selector selector;

  private final ByteBuffer outHead = direct(HEAD);
  private final ByteBuffer inHead = direct(HEAD);
  private final ByteBuffer backHead = direct(HEAD);
  private final ByteBuffer scratch = direct(PIECE_BYTES);
  private final float[] here = new float[PIECE_BYTES / Float.BYTES];
  private final float[] there = new float[PIECE_BYTES / Float.BYTES];
  private final CRC32C crc = new CRC32C();
  private int exchanges;
  private @Nullable String failure;

  private RingCollective(
      int rank,
      int world,
      Duration deadline,
      @Nullable SocketChannel next,
      @Nullable SocketChannel previous)
      throws IOException {
    this.rank = rank;
    this.world = world;
    this.deadline = deadline;
    this.next = next;
    this.previous = previous;
    if (next == null || previous == null) {
      this.selector = null;
      return;
    }
    this.selector = Selector.open();
    for (SocketChannel channel : List.of(next, previous)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, 0);
    }
  }

  /**
   * Joins a ring; returns when both neighbours are there and have proved that they know the secret.
   *
   * @param listener this rank's; closed by this call
   * @param addresses of all ranks, in their order
   * @param secret the same on all ranks, 16 bytes at least; never sent
   * @param deadline how long to wait for a neighbour, here and in each exchange: more than the
   *     longest time by which one rank may be later than another
   * @throws CollectiveException naming the neighbour that did not come or cannot be trusted
   */
  public static RingCollective join(
      RingListener listener,
      RingId id,
      int rank,
      List<InetSocketAddress> addresses,
      byte[] secret,
      Duration deadline)
      throws IOException {
    int world = addresses.size();
    if (rank < 0 || rank >= world) {
      throw new IllegalArgumentException("Cannot join a ring of " + world + " as rank " + rank);
    }
    RingHandshake handshake = new RingHandshake(id, world, rank, secret);
    if (world == 1) {
      listener.close();
      return new RingCollective(0, 1, deadline, null, null);
    }
    CompletableFuture<SocketChannel> previous = new CompletableFuture<>();
    Thread door =
        new Thread(
            () -> {
              try {
                previous.complete(handshake.accept(listener, deadline));
              } catch (IOException | RuntimeException e) {
                previous.completeExceptionally(e);
              }
            },
            "ccpairs-ring-accept");
    door.setDaemon(true);
    door.start();
    SocketChannel next = null;
    try {
      next = handshake.connect(addresses.get((rank + 1) % world), deadline);
      return new RingCollective(rank, world, deadline, next, previous.join());
    } catch (CompletionException e) {
      closeQuietly(next);
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    } catch (IOException | RuntimeException e) {
      listener.close();
      previous.thenAccept(RingCollective::closeQuietly).isDone(); // whenever it comes
      throw e;
    }
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int world() {
    return world;
  }

  @Override
  public void allReduce(ByteBuffer floats) throws CollectiveException {
    ByteBuffer bytes = floats.slice().order(ByteOrder.nativeOrder());
    run(bytes, RingPlan.allReduce(world, rank, bytes.remaining(), PIECE_BYTES));
  }

  @Override
  public void allGather(ByteBuffer parts, int[] offsets) throws CollectiveException {
    ByteBuffer bytes = parts.duplicate().clear();
    run(bytes, RingPlan.allGather(world, rank, offsets, PIECE_BYTES));
  }

  @Override
  public void broadcast(ByteBuffer bytes, int root) throws CollectiveException {
    ByteBuffer own = bytes.slice();
    run(own, RingPlan.broadcast(world, rank, root, own.remaining(), PIECE_BYTES));
  }

  @Override
  public void barrier() throws CollectiveException {
    int[] offsets = new int[world + 1];
    Arrays.setAll(offsets, i -> i);
    allGather(direct(world), offsets);
  }

  private void run(ByteBuffer data, RingPlan plan) throws CollectiveException {
    if (failure != null) {
      throw new CollectiveException(failure);
    }
    exchanges++;
    if (next == null || previous == null || selector == null) {
      return;
    }
    try {
      new Run(next, previous, selector, data, plan).run();
    } catch (CollectiveException e) {
      failure = e.getMessage();
      close();
      throw e;
    }
  }

  /** One exchange. */
  private final class Run {
    private final SocketChannel next;
    private final SocketChannel previous;
    private final Selector selector;
    private final ByteBuffer data;
    private final RingPlan plan;
    private final float[] sentinels;
    private final int nextRank = (rank + 1) % world;
    private final int previousRank = (rank + world - 1) % world;
    private int sent;
    private int received;
    private boolean sending;
    private boolean sendingData;
    private boolean nextHasLeft;
    private ByteBuffer outBody = direct(0);
    private @Nullable ByteBuffer inBody;
    private long heard = System.nanoTime();
    private long moved = heard;
    private long spoke = heard;

    Run(
        SocketChannel next,
        SocketChannel previous,
        Selector selector,
        ByteBuffer data,
        RingPlan plan) {
      this.next = next;
      this.previous = previous;
      this.selector = selector;
      this.data = data;
      this.plan = plan;
      this.sentinels = new float[plan.pieces()];
      Arrays.fill(sentinels, 1);
      inHead.clear();
      backHead.clear();
    }

    void run() throws CollectiveException {
      try {
        while (sent < plan.sends().size() || received < plan.receives().size() || sending) {
          boolean wrote = write();
          boolean read = received < plan.receives().size() && read();
          if (!wrote && !read) {
            await();
          }
        }
      } catch (CollectiveException e) {
        tell(String.valueOf(e.getMessage()));
        throw e;
      }
    }

    private boolean write() throws CollectiveException {
      if (!sending) {
        if (sent == plan.sends().size() || received < plan.after().get(sent)) {
          return false;
        }
        Piece piece = plan.sends().get(sent);
        outBody = data.duplicate().limit(piece.end()).position(piece.begin());
        head(outHead, DATA, piece.index(), outBody, sentinels[piece.index()]);
        sending = true;
        sendingData = true;
        moved = System.nanoTime();
      }
      try {
        long bytes = next.write(new ByteBuffer[] {outHead, outBody});
        if (bytes == 0) {
          if (!owes() && outHead.position() == 0) {
            sending = false; // the next rank has much to read yet, and need not hear this
            spoke = System.nanoTime();
          }
          return false;
        }
      } catch (IOException e) {
        if (!owes()) {
          sending = false;
          nextHasLeft = true; // it has all of this exchange, and may have been the last to need it
          return false;
        }
        throw lost(nextRank, e);
      }
      moved = System.nanoTime();
      spoke = moved;
      if (!outHead.hasRemaining() && !outBody.hasRemaining()) {
        sending = false;
        sent += sendingData ? 1 : 0;
      }
      return true;
    }

    private boolean read() throws CollectiveException {
      try {
        boolean any = false;
        ByteBuffer body = inBody;
        if (body == null) {
          int bytes = previous.read(inHead);
          if (bytes < 0) {
            throw lost(previousRank, null);
          }
          any = bytes > 0;
          if (!inHead.hasRemaining()) {
            body = begin();
          }
        }
        if (body != null) {
          if (body.hasRemaining()) {
            int bytes = previous.read(body);
            if (bytes < 0) {
              throw lost(previousRank, null);
            }
            any |= bytes > 0;
          }
          inBody = body;
          if (!body.hasRemaining()) {
            end(body.flip());
            inBody = null;
            inHead.clear();
          }
        }
        if (any) {
          heard = System.nanoTime();
        }
        return any;
      } catch (CollectiveException e) {
        throw e;
      } catch (IOException e) {
        throw lost(previousRank, e);
      }
    }

    /** Where the body of the head that has come goes; null where there is none. */
    private @Nullable ByteBuffer begin() throws CollectiveException {
      int type = inHead.getInt(0);
      int length = inHead.getInt(12);
      if (type == WAITING) {
        inHead.clear();
        return null;
      }
      if (type == FAILED && length >= 0 && length <= MAX_REASON) {
        return scratch.clear().limit(length);
      }
      Piece piece = plan.receives().get(received);
      if (type != DATA
          || inHead.getInt(4) != exchanges
          || inHead.getInt(8) != piece.index()
          || length != piece.end() - piece.begin()) {
        throw new CollectiveException(
            "Rank "
                + rank
                + " cannot go on: rank "
                + previousRank
                + " sent exchange "
                + inHead.getInt(4)
                + ", piece "
                + inHead.getInt(8)
                + " of "
                + length
                + " bytes, expected were exchange "
                + exchanges
                + ", piece "
                + piece.index()
                + " of "
                + (piece.end() - piece.begin())
                + "; the ranks do not make the same calls, or the connection is damaged");
      }
      if (received < plan.added()) {
        return scratch.clear().limit(length);
      }
      // A slice, so that flipping it shows this piece alone.
      return data.duplicate().limit(piece.end()).position(piece.begin()).slice();
    }

    private void end(ByteBuffer body) throws CollectiveException {
      int length = body.remaining();
      float sentinel = inHead.getFloat(16);
      boolean whole = sum(inHead, body) == inHead.getInt(24);
      if (inHead.getInt(0) == FAILED) {
        throw new CollectiveException(whole ? text(body) : "A rank has failed");
      }
      Piece piece = plan.receives().get(received);
      if (!whole || sentinel != piece.ranks()) {
        throw new CollectiveException(
            "Rank "
                + rank
                + " received damaged numbers from rank "
                + previousRank
                + " in exchange "
                + exchanges
                + ": "
                + (whole
                    ? "they are the sum of " + sentinel + " ranks, not of " + piece.ranks()
                    : "their checksum is wrong"));
      }
      if (received < plan.added()) {
        sentinels[piece.index()] += sentinel;
        add(body, piece, length);
      } else {
        sentinels[piece.index()] = sentinel;
      }
      received++;
    }

    private void add(ByteBuffer body, Piece piece, int length) {
      int floats = length / Float.BYTES;
      FloatBuffer own = data.asFloatBuffer();
      body.order(ByteOrder.nativeOrder()).asFloatBuffer().get(0, there, 0, floats);
      own.get(piece.begin() / Float.BYTES, here, 0, floats);
      for (int i = 0; i < floats; i++) {
        here[i] += there[i];
      }
      own.put(piece.begin() / Float.BYTES, here, 0, floats);
    }

    /** Whether the next rank waits for data of this exchange. */
    private boolean owes() {
      return sent < plan.sends().size();
    }

    /**
     * Waits until something can be read or written, says so to the next rank, and keeps time. The
     * next rank hears of it even when it has all data: it may wait in its next exchange.
     */
    private void await() throws CollectiveException {
      boolean owes = owes() || sending;
      long now = System.nanoTime();
      long limit = deadline.toNanos();
      if (received < plan.receives().size() && now - heard > limit) {
        throw late(previousRank, "heard nothing");
      }
      if (sending && now - moved > limit) {
        throw late(nextRank, "could send nothing");
      }
      if (!sending && !nextHasLeft && now - spoke > limit / 4) {
        outBody = direct(0);
        head(outHead, WAITING, 0, outBody, 0);
        sending = true;
        sendingData = false;
        return;
      }
      try {
        interest(next, (owes ? SelectionKey.OP_READ : 0) | (sending ? SelectionKey.OP_WRITE : 0));
        interest(previous, received < plan.receives().size() ? SelectionKey.OP_READ : 0);
        selector.select(Math.max(1, limit / 8_000_000));
        boolean answered = selector.selectedKeys().stream().anyMatch(this::readableNext);
        selector.selectedKeys().clear();
        if (answered && owes) {
          back();
        }
      } catch (CollectiveException e) {
        throw e;
      } catch (IOException | ClosedSelectorException e) {
        throw new CollectiveException("Rank " + rank + " has left its ring", e);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new CollectiveException("Rank " + rank + " was interrupted");
      }
    }

    private boolean readableNext(SelectionKey key) {
      return key.channel().equals(next) && key.isReadable();
    }

    private void interest(SocketChannel channel, int operations) {
      SelectionKey key = channel.keyFor(selector);
      if (key == null || !key.isValid()) {
        throw new ClosedSelectorException();
      }
      key.interestOps(operations);
    }

    /** The next rank says nothing on its side of the socket but that it has failed, or is gone. */
    private void back() throws CollectiveException {
      try {
        if (next.read(backHead) < 0) {
          throw lost(nextRank, null);
        }
        if (!backHead.hasRemaining()) {
          int length = Math.max(0, Math.min(MAX_REASON, backHead.getInt(12)));
          ByteBuffer body = direct(length);
          next.read(body); // sent in one with its head
          boolean whole = sum(backHead, body.flip()) == backHead.getInt(24);
          throw new CollectiveException(whole ? text(body) : "Rank " + nextRank + " has failed");
        }
      } catch (CollectiveException e) {
        throw e;
      } catch (IOException e) {
        throw lost(nextRank, e);
      }
    }

    /** Says to both neighbours, as far as that is possible, why this rank leaves. */
    private void tell(String reason) {
      byte[] text = reason.getBytes(UTF_8);
      ByteBuffer body = direct(Math.min(text.length, MAX_REASON));
      body.put(text, 0, body.capacity()).flip();
      boolean between = !sending || outHead.position() == 0;
      for (SocketChannel channel : between ? List.of(previous, next) : List.of(previous)) {
        try {
          ByteBuffer head = direct(HEAD);
          head(head, FAILED, 0, body, 0);
          channel.write(new ByteBuffer[] {head, body.duplicate()});
          channel.shutdownOutput();
        } catch (IOException e) {
          closeQuietly(channel); // it is the lost one, or has left for the same reason
        }
      }
    }

    private CollectiveException lost(int peer, @Nullable IOException cause) {
      String message =
          "Rank "
              + rank
              + " has lost rank "
              + peer
              + ": "
              + (cause == null ? "it closed the connection" : cause);
      return cause == null
          ? new CollectiveException(message)
          : new CollectiveException(message, cause);
    }

    private CollectiveException late(int peer, String what) {
      return new CollectiveException(
          "Rank "
              + rank
              + " "
              + what
              + (what.startsWith("heard") ? " from rank " : " to rank ")
              + peer
              + " for "
              + deadline.toMillis()
              + " ms: it hangs, or one step takes it longer than that");
    }
  }

  /** Fills a head for a body between position and limit. */
  private void head(ByteBuffer head, int type, int piece, ByteBuffer body, float sentinel) {
    head.clear();
    head.putInt(type)
        .putInt(exchanges)
        .putInt(piece)
        .putInt(body.remaining())
        .putFloat(sentinel)
        .putInt(rank)
        .putInt(0);
    head.putInt(24, sum(head, body)).flip();
  }

  /** The checksum of a head and its body. */
  private int sum(ByteBuffer head, ByteBuffer body) {
    crc.reset();
    crc.update(head.duplicate().clear().limit(24));
    crc.update(body.duplicate());
    return (int) crc.getValue();
  }

  private static String text(ByteBuffer body) {
    byte[] bytes = new byte[body.remaining()];
    body.duplicate().get(bytes);
    return new String(bytes, UTF_8);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  private static void closeQuietly(@Nullable SocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      return; // closed is what was wanted
    }
  }

  /** May be called by another thread, to end an exchange in which this rank waits. */
  @Override
  public void close() {
    closeQuietly(next);
    closeQuietly(previous);
    try {
      if (selector != null) {
        selector.close();
      }
    } catch (IOException e) {
      return; // its channels are closed
    }
  }
}
