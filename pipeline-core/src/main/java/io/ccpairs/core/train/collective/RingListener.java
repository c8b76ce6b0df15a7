package io.ccpairs.core.train.collective;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/** One rank's door: a socket on one local address, opened before the ranks know of one another. */
public final class RingListener implements Closeable {
  private static final int BACKLOG = 64;

  private final ServerSocketChannel channel;
  private final InetSocketAddress address;

  private RingListener(ServerSocketChannel channel, InetSocketAddress address) {
    this.channel = channel;
    this.address = address;
  }

  /**
   * Listens on a port of the system's choice.
   *
   * @param local the address on the cluster's network; not the wildcard, which would listen on all
   *     networks
   */
  public static RingListener open(InetAddress local) throws IOException {
    if (local.isAnyLocalAddress()) {
      throw new IllegalArgumentException(
          "Cannot listen on " + local + ": name the address on the cluster's own network");
    }
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.bind(new InetSocketAddress(local, 0), BACKLOG);
      return new RingListener(channel, (InetSocketAddress) channel.getLocalAddress());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Where the other ranks find this one. */
  public InetSocketAddress address() {
    return address;
  }

  ServerSocketChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
