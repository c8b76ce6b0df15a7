package io.ccpairs.core.encoder;

import java.util.Arrays;
import java.util.List;

/**
 * Token ids of several texts, laid out for the kernels. Row i of the embeddings belongs to text i.
 *
 * @param ids T ids, text after text
 * @param runs pairs (count, length): that many texts of that length one after another
 * @param mask whether each id is a token of its text; empty where all are
 */
public record TokenBatch(long[] ids, long[] runs, boolean[] mask) {

  /**
   * Texts one after another without padding, for CPUs. Neighbours of equal length share a run, so
   * texts sorted by length make few runs.
   */
  public static TokenBatch packed(List<int[]> texts) {
    int tokens = 0;
    for (int[] text : texts) {
      tokens += checked(text).length;
    }
    long[] ids = new long[tokens];
    long[] runs = new long[2 * texts.size()];
    int at = 0;
    int end = 0;
    for (int[] text : texts) {
      for (int id : text) {
        ids[at++] = id;
      }
      if (end > 0 && runs[end - 1] == text.length) {
        runs[end - 2]++;
      } else {
        runs[end++] = 1;
        runs[end++] = text.length;
      }
    }
    return new TokenBatch(ids, Arrays.copyOf(runs, end), new boolean[0]);
  }

  /** Texts padded to the longest of them, for GPUs, which want one large operation. */
  public static TokenBatch padded(List<int[]> texts, int padId) {
    int longest = 0;
    boolean even = true;
    for (int[] text : texts) {
      even &= longest == 0 || checked(text).length == longest;
      longest = Math.max(longest, checked(text).length);
    }
    long[] ids = new long[Math.multiplyExact(texts.size(), longest)];
    boolean[] mask = new boolean[even ? 0 : ids.length];
    Arrays.fill(ids, padId);
    int row = 0;
    for (int[] text : texts) {
      for (int i = 0; i < text.length; i++) {
        ids[row + i] = text[i];
      }
      if (!even) {
        Arrays.fill(mask, row, row + text.length, true);
      }
      row += longest;
    }
    return new TokenBatch(ids, new long[] {texts.size(), longest}, mask);
  }

  /** How many texts there are. */
  public int texts() {
    int texts = 0;
    for (int i = 0; i < runs.length; i += 2) {
      texts += (int) runs[i];
    }
    return texts;
  }

  private static int[] checked(int[] text) {
    if (text.length == 0) {
      throw new IllegalArgumentException("Cannot encode a text without tokens");
    }
    return text;
  }
}
