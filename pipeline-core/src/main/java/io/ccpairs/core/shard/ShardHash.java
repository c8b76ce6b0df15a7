package io.ccpairs.core.shard;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The hashes by which shards are checked. */
public final class ShardHash {
  /** The key in a Parquet footer under which the hashes of the file's row groups stand. */
  public static final String ROW_GROUPS = "ccpairs.row-groups";

  private ShardHash() {}

  /** The first 64 bits of SHA-256, as 16 hexadecimal digits. */
  public static String of(byte[] bytes, int from, int to) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, from, to - from);
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Hashes as one text. */
  public static String joined(List<String> hashes) {
    return String.join("", hashes);
  }

  /** The hash at a place in a joined text. */
  static String at(String joined, int place) {
    return joined.substring(16 * place, 16 * place + 16);
  }
}
