package io.ccpairs.core.train;

import io.ccpairs.core.encoder.Tokenizer;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Role;
import io.ccpairs.core.shard.ShardRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One rank's slice of a global batch, ready for the encoder: each distinct text once, sorted by
 * length. Letters: B pairs, N distinct texts.
 *
 * @param ids token ids of the N texts, shortest first
 * @param queryRows (B) which text is the query of each pair
 * @param passageRows (B) the same for passages
 * @param keys (B, 2) query key and passage key of each pair
 */
public record TokenisedSlice(int[][] ids, long[] queryRows, long[] passageRows, long[] keys) {

  /** Tokenises rows; queries and passages are distinct texts, as their prefixes differ. */
  static TokenisedSlice of(List<ShardRow> rows, Tokenizer tokenizer) {
    List<int[]> distinct = new ArrayList<>();
    Map<String, Integer> queries = new HashMap<>();
    Map<String, Integer> passages = new HashMap<>();
    long[] queryRows = new long[rows.size()];
    long[] passageRows = new long[rows.size()];
    long[] keys = new long[2 * rows.size()];
    for (int i = 0; i < queryRows.length; i++) {
      ShardRow row = rows.get(i);
      queryRows[i] = place(Role.QUERY, row.query(), queries, distinct, tokenizer);
      passageRows[i] = place(Role.PASSAGE, row.passage(), passages, distinct, tokenizer);
      keys[2 * i] = row.queryKey();
      keys[2 * i + 1] = row.passageKey();
    }
    int[] order =
        IntStream.range(0, distinct.size())
            .boxed()
            .sorted(Comparator.comparingInt(text -> distinct.get(text).length))
            .mapToInt(Integer::intValue)
            .toArray();
    int[][] ids = new int[order.length][];
    int[] places = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      ids[i] = distinct.get(order[i]);
      places[order[i]] = i;
    }
    Arrays.setAll(queryRows, i -> places[(int) queryRows[i]]);
    Arrays.setAll(passageRows, i -> places[(int) passageRows[i]]);
    return new TokenisedSlice(ids, queryRows, passageRows, keys);
  }

  private static int place(
      Role role, String text, Map<String, Integer> seen, List<int[]> ids, Tokenizer tokenizer) {
    Integer place = seen.get(text);
    if (place == null) {
      place = ids.size();
      seen.put(text, place);
      ids.add(tokenizer.ids(role, text));
    }
    return place;
  }

  /** B. */
  public int pairs() {
    return queryRows.length;
  }

  /** Tokens of all distinct texts. */
  public long tokens() {
    return Arrays.stream(ids).mapToLong(text -> text.length).sum();
  }

  /**
   * Texts that are computed at once.
   *
   * @param begin first text
   * @param end text after the last
   * @param key a hash of all their tokens, which names the chunk on any rank
   */
  record Chunk(int begin, int end, int tokens, long key) {}

  /**
   * Cuts the texts into chunks.
   *
   * @param budget the most tokens of a chunk, unless one text alone has more
   * @param padded whether short texts count as much as the longest of their chunk
   */
  List<Chunk> chunks(int budget, boolean padded) {
    List<Chunk> chunks = new ArrayList<>();
    int begin = 0;
    long tokens = 0;
    long key = 0;
    for (int i = 0; i < ids.length; i++) {
      int length = ids[i].length;
      long grown = padded ? (long) (i - begin + 1) * length : tokens + length;
      if (i > begin && grown > budget) {
        chunks.add(new Chunk(begin, i, (int) tokens, key));
        begin = i;
        grown = length;
        key = 0;
      }
      tokens = grown;
      for (int id : ids[i]) {
        key = PairId.mix(key + id + 1);
      }
    }
    if (begin < ids.length) {
      chunks.add(new Chunk(begin, ids.length, (int) tokens, key));
    }
    return chunks;
  }
}
