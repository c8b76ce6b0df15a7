package io.ccpairs.core.shard;

import java.io.IOException;

/** Where shards lie. */
public interface ShardStore {
  /**
   * Reads bytes of a file.
   *
   * @param path as the index names it
   * @param offset of the first
   * @param length how many; fewer in the file are an error
   */
  byte[] read(String path, long offset, int length) throws IOException;
}
