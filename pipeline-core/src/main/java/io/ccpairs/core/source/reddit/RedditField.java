package io.ccpairs.core.source.reddit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The fields of a Reddit dump that are of use, of some hundred that it knows, found by the bytes of
 * their keys.
 */
enum RedditField {
  OTHER(""),
  AUTHOR("author"),
  SUBREDDIT("subreddit"),
  TITLE("title"),
  SELFTEXT("selftext"),
  BODY("body"),
  ID("id"),
  NAME("name"),
  LINK_ID("link_id"),
  PARENT_ID("parent_id"),
  SCORE("score"),
  UPS("ups"),
  CREATED_UTC("created_utc"),
  OVER_18("over_18"),
  STICKIED("stickied"),
  DISTINGUISHED("distinguished"),
  REMOVED_BY_CATEGORY("removed_by_category"),
  BANNED_BY("banned_by"),
  REMOVAL_REASON("removal_reason"),
  REMOVED("removed"),
  SPAM("spam"),
  PROMOTED("promoted"),
  ADS_UI("is_created_from_ads_ui"),
  LINK_FLAIR_TEXT("link_flair_text"),
  META("_meta"),
  WAS_DELETED_LATER("was_deleted_later");

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int TABLE = 128;
  private static final int FACTOR = factor();
  private static final RedditField[] FIELDS = fields(FACTOR);

  /** The bytes of the keys in {@link #FIELDS}; empty where there is none. */
  private static final byte[][] KEYS = keys();

  /** The first eight bytes of a key, shorter ones at the upper end of the word, and the last. */
  private static final long[] HEADS = new long[TABLE];

  private static final long[] TAILS = new long[TABLE];

  static {
    for (int slot = 0; slot < TABLE; slot++) {
      byte[] key = KEYS[slot];
      if (key.length >= Long.BYTES) {
        HEADS[slot] = (long) LONGS.get(key, 0);
        TAILS[slot] = (long) LONGS.get(key, key.length - Long.BYTES);
      } else {
        for (int k = 0; k < key.length; k++) {
          HEADS[slot] |= (key[k] & 0xFFL) << (Long.SIZE - Byte.SIZE * (key.length - k));
        }
      }
    }
  }

  final String key;

  RedditField(String key) {
    this.key = key;
  }

  /** Whether it says yes or no, of the record or of a part of it, and has no other value. */
  boolean isFact() {
    return switch (this) {
      case OTHER,
          AUTHOR,
          SUBREDDIT,
          TITLE,
          SELFTEXT,
          BODY,
          ID,
          NAME,
          LINK_ID,
          PARENT_ID,
          SCORE,
          UPS,
          CREATED_UTC,
          LINK_FLAIR_TEXT ->
          false;
      default -> true;
    };
  }

  /** The field whose key these bytes are; {@link #OTHER} for none. */
  static RedditField of(byte[] bytes, int from, int to) {
    if (from == to) {
      return OTHER;
    }
    int slot = slot(bytes, from, to, FACTOR);
    int length = to - from;
    if (KEYS[slot].length != length) {
      return OTHER;
    }
    boolean equal;
    if (from + Long.BYTES > bytes.length) {
      equal = Arrays.equals(KEYS[slot], 0, length, bytes, from, to);
    } else if (length <= Long.BYTES) {
      equal = (long) LONGS.get(bytes, from) << (Long.SIZE - Byte.SIZE * length) == HEADS[slot];
    } else {
      equal =
          (long) LONGS.get(bytes, from) == HEADS[slot]
              && (long) LONGS.get(bytes, to - Long.BYTES) == TAILS[slot]
              && (length <= 2 * Long.BYTES
                  || Arrays.equals(KEYS[slot], 0, length, bytes, from, to));
    }
    return equal ? FIELDS[slot] : OTHER;
  }

  private static int slot(byte[] bytes, int from, int to, int factor) {
    int mixed = bytes[from] | (bytes[to - 1] << 8) | ((to - from) << 16);
    return (mixed * factor) >>> 25;
  }

  /** The least odd factor above a large one with which no two fields meet in a slot. */
  private static int factor() {
    int factor = 0x9E3779B1;
    while (fields(factor).length == 0) {
      factor += 2;
    }
    return factor;
  }

  /** The fields by slot; empty where two meet. */
  private static RedditField[] fields(int factor) {
    RedditField[] table = new RedditField[TABLE];
    Arrays.fill(table, OTHER);
    for (RedditField field : values()) {
      if (field != OTHER) {
        byte[] key = field.key.getBytes(ISO_8859_1);
        int slot = slot(key, 0, key.length, factor);
        if (table[slot] != OTHER) {
          return new RedditField[0];
        }
        table[slot] = field;
      }
    }
    return table;
  }

  private static byte[][] keys() {
    byte[][] keys = new byte[TABLE][];
    for (int slot = 0; slot < TABLE; slot++) {
      keys[slot] = FIELDS[slot].key.getBytes(ISO_8859_1);
    }
    return keys;
  }
}
