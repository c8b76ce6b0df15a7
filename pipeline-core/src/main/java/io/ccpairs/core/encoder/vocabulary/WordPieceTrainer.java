package io.ccpairs.core.encoder.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Trains WordPiece vocabularies from word counts, as Hugging Face's trainer does: starts with the
 * characters and joins the neighbours that stand side by side most often, until the vocabulary is
 * full. Equal counts are decided by the order in which the pieces came to be, so a map's order
 * changes nothing.
 */
public final class WordPieceTrainer {
  /** A character that the vocabulary lacks makes its whole word unknown; most of it are words. */
  private static final int CHARACTER_SHARE = 4;

  private static final long MIN_PAIR_COUNT = 2; // a pair seen once tells nothing

  private final List<String> pieces = new ArrayList<>(WordPieces.SPECIAL);
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::key));
  private int[][] words = {};
  private long[] counts = {};

  /** Two neighbours: how often they meet, and in which words (some of which may be past). */
  private static final class Pair {
    long count;
    int[] words = new int[4];
    int size;

    void add(int word) {
      if (size > 0 && words[size - 1] == word) {
        return;
      }
      if (size == words.length) {
        words = Arrays.copyOf(words, 2 * size);
      }
      words[size++] = word;
    }
  }

  /** A pair with its count when it was queued. */
  private record Candidate(long count, long key) {}

  private WordPieceTrainer() {
    for (String piece : pieces) {
      ids.put(piece, ids.size());
    }
  }

  /**
   * A vocabulary for texts with these words.
   *
   * @param wordCounts how often each word of {@link BertWords} occurs; counts above 0
   * @param size the most pieces, special ones included; fewer come back where the words have no
   *     more to join
   * @throws IllegalArgumentException when {@code size} leaves no room for characters
   */
  public static WordPieces train(Map<String, Long> wordCounts, int size) {
    if (size < 4 * WordPieces.SPECIAL.size()) {
      throw new IllegalArgumentException(
          "Cannot train a vocabulary of "
              + size
              + " pieces: "
              + WordPieces.SPECIAL.size()
              + " are special, so at least "
              + 4 * WordPieces.SPECIAL.size()
              + " are needed");
    }
    WordPieceTrainer trainer = new WordPieceTrainer();
    trainer.characters(wordCounts, (size - WordPieces.SPECIAL.size()) / CHARACTER_SHARE);
    trainer.spell(wordCounts);
    trainer.join(size);
    return new WordPieces(trainer.pieces);
  }

  /** The most frequent characters, each at the start of a word and inside one. */
  private void characters(Map<String, Long> wordCounts, int most) {
    Map<Integer, Long> seen = new HashMap<>();
    wordCounts.forEach(
        (word, count) -> word.codePoints().forEach(c -> seen.merge(c, count, Long::sum)));
    List<Integer> kept =
        seen.entrySet().stream()
            .sorted(
                Map.Entry.<Integer, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(most)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    for (int c : kept) {
      piece(Character.toString(c));
    }
    for (int c : kept) {
      if (!BertWords.standsAlone(c)) {
        piece(WordPieces.INSIDE + Character.toString(c));
      }
    }
  }

  private int piece(String text) {
    Integer known = ids.putIfAbsent(text, pieces.size());
    if (known == null) {
      pieces.add(text);
      return pieces.size() - 1;
    }
    return known;
  }

  /** Every word as its characters; words with a character that has no piece are left out. */
  private void spell(Map<String, Long> wordCounts) {
    List<int[]> spelt = new ArrayList<>();
    List<Long> occurrences = new ArrayList<>();
    for (Map.Entry<String, Long> entry : new TreeMap<>(wordCounts).entrySet()) {
      long count = entry.getValue();
      int[] symbols = symbols(entry.getKey());
      if (count > 0 && symbols != null && symbols.length > 1) {
        spelt.add(symbols);
        occurrences.add(count);
      }
    }
    words = spelt.toArray(int[][]::new);
    counts = occurrences.stream().mapToLong(Long::longValue).toArray();
    for (int word = 0; word < words.length; word++) {
      for (int i = 0; i + 1 < words[word].length; i++) {
        Pair pair = pairs.computeIfAbsent(key(words[word], i), absent -> new Pair());
        pair.count += counts[word];
        pair.add(word);
      }
    }
    pairs.forEach((key, pair) -> queue.add(new Candidate(pair.count, key)));
  }

  private int @Nullable [] symbols(String word) {
    int[] characters = word.codePoints().toArray();
    if (characters.length > WordPieces.MAX_WORD_CHARS) {
      return null;
    }
    int[] symbols = new int[characters.length];
    for (int i = 0; i < symbols.length; i++) {
      String text = Character.toString(characters[i]);
      Integer id = ids.get(i == 0 ? text : WordPieces.INSIDE + text);
      if (id == null) {
        return null;
      }
      symbols[i] = id;
    }
    return symbols;
  }

  private static long key(int[] symbols, int at) {
    return ((long) symbols[at] << 32) | symbols[at + 1];
  }

  private void join(int size) {
    Set<Long> grown = new HashSet<>();
    while (pieces.size() < size) {
      Candidate best = queue.poll();
      if (best == null || best.count() < MIN_PAIR_COUNT) {
        return;
      }
      Pair pair = pairs.get(best.key());
      if (pair == null) {
        continue;
      }
      if (pair.count != best.count()) {
        queue.add(new Candidate(pair.count, best.key()));
        continue;
      }
      int left = (int) (best.key() >>> 32);
      int right = (int) best.key();
      int joined =
          piece(pieces.get(left) + pieces.get(right).substring(WordPieces.INSIDE.length()));
      pairs.remove(best.key());
      grown.clear();
      for (int i = 0; i < pair.size; i++) {
        joinIn(pair.words[i], left, right, joined, grown);
      }
      for (long key : grown) {
        Pair changed = pairs.get(key);
        if (changed != null) {
          queue.add(new Candidate(changed.count, key));
        }
      }
    }
  }

  /** Rewrites one word with the joined piece and counts its neighbours anew. */
  private void joinIn(int word, int left, int right, int joined, Set<Long> grown) {
    int[] old = words[word];
    int[] symbols = new int[old.length];
    int length = 0;
    for (int i = 0; i < old.length; i++) {
      if (i + 1 < old.length && old[i] == left && old[i + 1] == right) {
        symbols[length++] = joined;
        i++;
      } else {
        symbols[length++] = old[i];
      }
    }
    if (length == old.length) {
      return;
    }
    for (int i = 0; i + 1 < old.length; i++) {
      Pair pair = pairs.get(key(old, i));
      if (pair != null) {
        pair.count -= counts[word];
      }
    }
    int[] now = Arrays.copyOf(symbols, length);
    words[word] = now;
    for (int i = 0; i + 1 < length; i++) {
      long key = key(now, i);
      Pair pair = pairs.computeIfAbsent(key, absent -> new Pair());
      pair.count += counts[word];
      if (now[i] == joined || now[i + 1] == joined) {
        pair.add(word);
        grown.add(key);
      }
    }
  }
}
