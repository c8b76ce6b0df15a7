package io.ccpairs.core.pair;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that are the same on every cluster: ids of pairs, keys of authors, and draws by hash. */
public final class PairId {
  private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(PairId::sha256);

  private PairId() {}

  /**
   * The id of a pair: the first 128 bits of SHA-256 over origin, native keys and both texts, as 32
   * hexadecimal digits. Each field is preceded by its length, so no two different pairs feed the
   * same bytes.
   */
  public static String of(
      Origin origin, String queryKey, String passageKey, String query, String passage) {
    return of(origin, queryKey, passageKey, query.getBytes(UTF_8), passage);
  }

  /**
   * The same with the query's UTF-8, for a query of many passages.
   *
   * @param query is not changed
   */
  public static String of(
      Origin origin, String queryKey, String passageKey, byte[] query, String passage) {
    byte[] digest =
        digest(
            origin.word().getBytes(UTF_8),
            queryKey.getBytes(UTF_8),
            passageKey.getBytes(UTF_8),
            query,
            passage.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest, 0, 16);
  }

  /**
   * A 64-bit name for an author that does not spell the author's name; equal for equal names of one
   * origin.
   */
  public static long authorKey(Origin origin, String author) {
    byte[] digest =
        digest("author".getBytes(UTF_8), origin.word().getBytes(UTF_8), author.getBytes(UTF_8));
    return ByteBuffer.wrap(digest).getLong();
  }

  /**
   * A draw for an id: uniform over all longs, the same for the same id and seed wherever it is
   * made. Every sample, split, shuffle and tie-break of the pipeline is an order or a threshold on
   * such draws.
   */
  public static long draw(String id, long seed) {
    long hash = mix(seed + 0x9E3779B97F4A7C15L);
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  /** A bijective scramble of 64 bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014). */
  public static long mix(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** SHA-256 over the fields, each behind its length. */
  private static byte[] digest(byte[]... fields) {
    int length = 0;
    for (byte[] field : fields) {
      length += Integer.BYTES + field.length;
    }
    ByteBuffer fed = ByteBuffer.allocate(length);
    for (byte[] field : fields) {
      fed.putInt(field.length).put(field);
    }
    return SHA_256.get().digest(fed.array());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
