package io.ccpairs.core.leak;

import io.ccpairs.core.dedup.Shingles;
import io.ccpairs.core.dedup.TextKey;
import io.ccpairs.core.text.Folding;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The texts of evaluation sets, to be found again in queries and passages: whole, after folding; or
 * by shared runs of n words.
 *
 * <p>Two texts share a leak when at least {@code minShare} of the runs of the shorter one stand in
 * the other: of an evaluation text inside a long passage as well as of a short passage inside an
 * evaluation document. Texts of fewer than n words are found only whole. Immutable once built;
 * about 40 bytes for each word of the evaluation sets.
 */
public final class LeakIndex implements Serializable {
  private static final long serialVersionUID = 1L;

  /** So many texts an index holds at most: 24 bits of a run say which has it. */
  public static final int MAX_TEXTS = 1 << 24;

  private static final long RUN_BITS = -1L << 24;

  /** The longest array that every JVM makes. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  /** Of the texts that share one run, so many are looked at: bounds the time for stock phrases. */
  private static final int MAX_TEXTS_OF_RUN = 64;

  private final int words;
  private final double minShare;
  private final String[] tasks;
  private final int[] taskOfText;
  private final int[] runsOfText;

  /** Keys of whole texts, sorted and distinct, and for each a task that holds it. */
  private final long[] whole;

  private final int[] wholeTasks;

  /** By the place of a key: all tasks of a text that more than one holds, ascending. */
  private final Map<Integer, int[]> sharedWholes = new HashMap<>();

  /** The first 40 bits of a run, then the 24 of a text that has it; sorted. */
  private final long[] runs;

  private LeakIndex(Builder built) {
    this.words = built.words;
    this.minShare = built.minShare;
    this.tasks = built.tasks.keySet().toArray(String[]::new);
    this.taskOfText = Arrays.copyOf(built.taskOfText, built.texts);
    this.runsOfText = Arrays.copyOf(built.runsOfText, built.texts);
    this.whole = Arrays.stream(built.whole, 0, built.texts).sorted().distinct().toArray();
    this.wholeTasks = new int[whole.length];
    Arrays.fill(wholeTasks, -1);
    for (int text = 0; text < built.texts; text++) {
      holds(from(whole, built.whole[text]), taskOfText[text]);
    }
    this.runs = Arrays.copyOf(built.runs, built.runsSize);
    Arrays.sort(runs);
  }

  /** Notes that a task holds the text whose key stands in a place. */
  private void holds(int place, int task) {
    int known = wholeTasks[place];
    if (known < 0) {
      wholeTasks[place] = task;
    } else if (known != task) {
      int[] all = sharedWholes.getOrDefault(place, new int[] {known});
      sharedWholes.put(
          place,
          IntStream.concat(Arrays.stream(all), IntStream.of(task)).sorted().distinct().toArray());
    }
  }

  /** The evaluation sets have more texts, or runs of words, than an index holds. */
  public static final class FullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FullException(String message) {
      super(message);
    }
  }

  /** Gathers texts. */
  public static final class Builder {
    private final int minWords;
    private final int words;
    private final double minShare;
    private final int maxTexts;
    private final Map<String, Integer> tasks = new LinkedHashMap<>();
    private int[] taskOfText = new int[1 << 10];
    private int[] runsOfText = new int[1 << 10];
    private int texts;
    private long[] whole = new long[1 << 10];
    private long[] runs = new long[1 << 14];
    private int runsSize;

    /**
     * An empty index.
     *
     * @param minWords shorter texts are passed over: names and short answers stand everywhere
     * @param words in a run
     * @param minShare of the runs of the shorter text, the share that the other must have
     * @param maxTexts at most {@link #MAX_TEXTS}
     */
    public Builder(int minWords, int words, double minShare, int maxTexts) {
      if (words < 2 || !(minShare > 0 && minShare <= 1)) {
        throw new IllegalArgumentException(
            "a run has at least 2 words, is "
                + words
                + "; a share is above 0 and at most 1, is "
                + minShare);
      }
      this.minWords = minWords;
      this.words = words;
      this.minShare = minShare;
      this.maxTexts = Math.min(maxTexts, MAX_TEXTS);
    }

    /**
     * Adds a text of a task, unless it is too short to tell.
     *
     * @throws FullException when there is no room for it
     */
    public void add(String task, String text) {
      String folded = Folding.fold(text);
      if (folded.isEmpty() || wordCount(folded) < minWords) {
        return;
      }
      if (texts == maxTexts) {
        throw new FullException(
            String.format(
                Locale.ROOT, "%s has more texts than the %,d of an index", task, maxTexts));
      }
      int taskIndex = tasks.computeIfAbsent(task, absent -> tasks.size());
      if (texts == taskOfText.length) {
        taskOfText = Arrays.copyOf(taskOfText, 2 * texts);
        runsOfText = Arrays.copyOf(runsOfText, 2 * texts);
        whole = Arrays.copyOf(whole, 2 * texts);
      }
      taskOfText[texts] = taskIndex;
      whole[texts] = TextKey.of(folded).high();
      if (wordCount(folded) >= words) {
        long[] distinct = Shingles.of(folded, words);
        runsOfText[texts] = distinct.length;
        long needed = (long) runsSize + distinct.length;
        if (needed > runs.length) {
          runs = Arrays.copyOf(runs, grown(runs.length, needed));
        }
        for (long run : distinct) {
          runs[runsSize++] = (run & RUN_BITS) | texts;
        }
      }
      texts++;
    }

    /** The next length of an array that must hold so many, or half as many again as it does. */
    static int grown(int length, long needed) {
      if (needed > MAX_ARRAY) {
        throw new FullException(
            String.format(Locale.ROOT, "the sets have more than %,d runs of words", MAX_ARRAY));
      }
      return (int) Math.max(needed, Math.min(MAX_ARRAY, length + length / 2L));
    }

    /** The index of what was added. */
    public LeakIndex build() {
      return new LeakIndex(this);
    }
  }

  /** How many texts it holds. */
  public int texts() {
    return taskOfText.length;
  }

  /** The names of the tasks. */
  public List<String> tasks() {
    return List.of(tasks);
  }

  /**
   * Where a text stands.
   *
   * @param tasks every task that holds it, in the order of adding; empty for none
   * @param whole whether it is a text of theirs, rather than shares runs of words with one
   */
  public record Found(List<String> tasks, boolean whole) {
    /** It stands nowhere. */
    static final Found NOTHING = new Found(List.of(), false);

    public Found {
      tasks = List.copyOf(tasks);
    }
  }

  /** Where a text stands: whole if it does, else by its runs. */
  public Found find(String text) {
    String folded = Folding.fold(text);
    if (folded.isEmpty()) {
      return Found.NOTHING;
    }
    long key = TextKey.of(folded).high();
    int at = from(whole, key);
    if (at < whole.length && whole[at] == key) {
      return new Found(names(sharedWholes.getOrDefault(at, new int[] {wholeTasks[at]})), true);
    }
    return wordCount(folded) < words ? Found.NOTHING : byRuns(Shingles.of(folded, words));
  }

  private List<String> names(int[] sorted) {
    return Arrays.stream(sorted).mapToObj(task -> tasks[task]).toList();
  }

  private Found byRuns(long[] distinct) {
    int[] found = new int[16];
    int size = 0;
    for (long run : distinct) {
      long key = run & RUN_BITS;
      int at = from(runs, key);
      int end = Math.min(runs.length, at + MAX_TEXTS_OF_RUN);
      for (; at < end && (runs[at] & RUN_BITS) == key; at++) {
        if (size == found.length) {
          found = Arrays.copyOf(found, 2 * size);
        }
        found[size++] = (int) (runs[at] & ~RUN_BITS);
      }
    }
    Arrays.sort(found, 0, size);
    BitSet holders = new BitSet();
    int i = 0;
    while (i < size) {
      int end = i;
      while (end < size && found[end] == found[i]) {
        end++;
      }
      if (end - i >= minShare * Math.min(distinct.length, runsOfText[found[i]])) {
        holders.set(taskOfText[found[i]]);
      }
      i = end;
    }
    return holders.isEmpty() ? Found.NOTHING : new Found(names(holders.stream().toArray()), false);
  }

  /** Where the first element of a sorted array stands that is at least the key. */
  private static int from(long[] sorted, long key) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int wordCount(String folded) {
    int count = 1;
    for (int i = 0; i < folded.length(); i++) {
      count += folded.charAt(i) == ' ' ? 1 : 0;
    }
    return count;
  }
}
