package io.ccpairs.core.quality.language;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Tells 103 languages apart by their runs of one to three characters: the maximum-entropy model
 * that Apache OpenNLP publishes, evaluated over packed tables. The guesses are OpenNLP's own (a
 * test compares them); its evaluator spends most of its time on making strings of the runs.
 *
 * <p>Of the runs in real text nearly all are in almost every language: a run has weights for 94 of
 * the 103 on average. Runs with many have a row with a weight for each language, zero where the
 * model has none, which adds up without a look at which language is whose.
 *
 * <p>Thirteen more are told by letters of their own; see {@code Markers}.
 *
 * <p>Immutable and safe for all threads; one per process, about 20 MiB, loaded when first used.
 */
public final class LanguageId {
  private static final String RESOURCE = "/langdetect-183.bin";
  private static final String MODEL_ENTRY = "langdetect.model";

  /** More text than this does not change a guess. */
  private static final int MAX_CHARS = 400;

  private static final int MIN_LETTERS = 4;
  private static final int LONGEST_RUN = 3;

  /** Letters of one language alone leave little doubt. */
  private static final double MARKED_CONFIDENCE = 0.95;

  /**
   * Exponent on the model's probabilities, which are far too even: with 5 a guess of confidence 0.6
   * is right in 97 of 100 pieces of 50 characters.
   */
  private static final double SHARPNESS = 5;

  /** A run with weights for at least so many languages has a row of all. */
  private static final int DENSE = 40;

  /** Rows are so long, whole vectors of the processor; behind the last language stand zeros. */
  private static final int ROW = 104;

  private static final long ABSENT = 0x00000000_FFFFFFFFL;
  private static final long HASH = 0x9E3779B97F4A7C15L;

  /** What a unit counts as: its lower case, or a space. */
  private static final char[] PLAIN = plainUnits();

  private final String[] languages;

  /**
   * By open addressing, at 2 · slot a packed run, where 0 marks a free slot and no run packs to 0;
   * behind it in the upper half where its weights begin, in the lower how many there are. None
   * means that the upper half names one of {@link #rows}.
   */
  private final long[] slots;

  /** How far a hash is shifted to be a slot. */
  private final int shift;

  private final double[][] rows;
  private final byte[] outcomes;
  private final float[] weights;

  private static final class Loaded {
    static final LanguageId MODEL = read();
  }

  private LanguageId(
      String[] languages, long[] slots, double[][] rows, byte[] outcomes, float[] weights) {
    this.languages = languages;
    this.slots = slots;
    this.shift = shift(slots);
    this.rows = rows;
    this.outcomes = outcomes;
    this.weights = weights;
  }

  /** The model of this process. */
  public static LanguageId model() {
    return Loaded.MODEL;
  }

  /** The languages it knows, by ISO 639-1 code where there is one, else ISO 639-3; sorted. */
  public List<String> languages() {
    return Arrays.stream(languages).distinct().sorted().toList();
  }

  /**
   * The likeliest language of a text, by its first 400 characters without web addresses, digits and
   * repeated spaces.
   */
  public Guess of(String text) {
    char[] plain = new char[MAX_CHARS];
    int length = plain(text, plain);
    int letters = 0;
    for (int i = 0; i < length; i++) {
      letters += Character.isLetter(plain[i]) ? 1 : 0;
    }
    if (letters < MIN_LETTERS) {
      return Guess.UNKNOWN;
    }
    String marked = Markers.of(plain, length);
    if (marked != null) {
      return new Guess(marked, MARKED_CONFIDENCE);
    }
    double[] sums = new double[ROW];
    double[][] waiting = new double[4][];
    int rowsWaiting = 0;
    // Runs that were met, at most half full.
    int bits = 33 - Integer.numberOfLeadingZeros(LONGEST_RUN * length);
    long[] seen = new long[1 << bits];
    for (int i = 0; i < length; i++) {
      long run = 0;
      for (int n = 0; n < LONGEST_RUN && i + n < length; n++) {
        run = run << 16 | plain[i + n];
        long hash = run * HASH;
        if (!firstTime(run, (int) (hash >>> (64 - bits)), seen)) {
          continue;
        }
        long place = place(run, (int) (hash >>> shift));
        int begin = (int) (place >>> 32);
        int count = (int) place;
        if (count == 0) {
          waiting[rowsWaiting++] = rows[begin];
          if (rowsWaiting == waiting.length) {
            addRows(waiting[0], waiting[1], waiting[2], waiting[3], sums);
            rowsWaiting = 0;
          }
        } else if (count > 0) {
          // Sums are the same to the last bit only when weights are added in the text's order.
          rowsWaiting = addWaiting(waiting, rowsWaiting, sums);
          for (int w = begin; w < begin + count; w++) {
            sums[outcomes[w]] += weights[w];
          }
        }
      }
    }
    addWaiting(waiting, rowsWaiting, sums);
    return best(sums);
  }

  private Guess best(double[] sums) {
    int best = 0;
    for (int i = 1; i < languages.length; i++) {
      best = sums[i] > sums[best] ? i : best;
    }
    double normaliser = 0;
    for (int i = 0; i < languages.length; i++) {
      normaliser += Math.exp(SHARPNESS * (sums[i] - sums[best]));
    }
    return new Guess(languages[best], 1 / normaliser);
  }

  /** Where a run's weights are, as {@link #slots} say it; {@link #ABSENT} for one without. */
  private long place(long run, int home) {
    int at = 2 * home;
    while (slots[at] != run) {
      if (slots[at] == 0) {
        return ABSENT;
      }
      at = (at + 2) & (slots.length - 1);
    }
    return slots[at + 1];
  }

  /** Adds rows and leaves none waiting. */
  private static int addWaiting(double[][] waiting, int count, double[] sums) {
    for (int k = 0; k < count; k++) {
      double[] row = waiting[k];
      for (int i = 0; i < ROW; i++) {
        sums[i] += row[i];
      }
    }
    return 0;
  }

  /** Four rows in one pass over the sums, in a form that the JIT turns into vectors. */
  private static void addRows(double[] a, double[] b, double[] c, double[] d, double[] sums) {
    for (int i = 0; i < ROW; i++) {
      sums[i] = sums[i] + a[i] + b[i] + c[i] + d[i];
    }
  }

  /** A run counts once however often it occurs, as in the model's training. */
  private static boolean firstTime(long run, int home, long[] seen) {
    int slot = home;
    while (seen[slot] != 0) {
      if (seen[slot] == run) {
        return false;
      }
      slot = (slot + 1) & (seen.length - 1);
    }
    seen[slot] = run;
    return true;
  }

  /** Lower case, one space for what is neither letter nor mark of writing. */
  private static int plain(String text, char[] into) {
    int length = 0;
    int repeated = 0;
    int i = 0;
    while (i < text.length() && length < into.length) {
      char c = text.charAt(i);
      if (c == 'h' && (text.startsWith("http://", i) || text.startsWith("https://", i))) {
        while (i < text.length() && text.charAt(i) > ' ') {
          i++;
        }
        continue;
      }
      i++;
      char out = PLAIN[c];
      char last = length == 0 ? ' ' : into[length - 1];
      repeated = out == last ? repeated + 1 : 0;
      boolean shrinks = out == ' ' ? repeated > 0 || length == 0 : repeated > 1;
      if (!shrinks) {
        into[length++] = out;
      }
    }
    return length;
  }

  private static char[] plainUnits() {
    char[] units = new char[1 << 16];
    for (int c = 0; c < units.length; c++) {
      boolean blank =
          Character.isWhitespace(c) || Character.isDigit(c) || Character.isSurrogate((char) c);
      units[c] = blank ? ' ' : Character.toLowerCase((char) c);
    }
    return units;
  }

  // ---- The model's file

  private static LanguageId read() {
    try (InputStream file = LanguageId.class.getResourceAsStream(RESOURCE)) {
      if (file == null) {
        throw new FileNotFoundException(
            "No "
                + RESOURCE
                + " on the class path; it comes with org.apache.opennlp:opennlp-models-langdetect");
      }
      ZipInputStream zip = new ZipInputStream(new BufferedInputStream(file));
      ZipEntry entry = zip.getNextEntry();
      while (entry != null && !entry.getName().equals(MODEL_ENTRY)) {
        entry = zip.getNextEntry();
      }
      return read(new DataInputStream(new BufferedInputStream(zip, 1 << 16)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads OpenNLP's binary form of a model: its kind, two constants, the outcomes, the groups of
   * predicates that share their outcomes (how many, then which outcomes), the predicates, and their
   * weights.
   */
  private static LanguageId read(DataInputStream in) throws IOException {
    String kind = in.readUTF();
    if (!kind.equals("GIS")) {
      throw new IOException("Cannot read " + RESOURCE + ": its model is of kind " + kind);
    }
    in.readInt();
    in.readDouble();
    String[] languages = new String[in.readInt()];
    for (int i = 0; i < languages.length; i++) {
      languages[i] = Languages.ofIso3(in.readUTF());
    }
    int groups = in.readInt();
    int[] members = new int[groups];
    List<byte[]> groupOutcomes = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      String[] words = in.readUTF().split(" ");
      members[g] = Integer.parseInt(words[0]);
      byte[] which = new byte[words.length - 1];
      for (int k = 0; k < which.length; k++) {
        which[k] = Byte.parseByte(words[k + 1]);
      }
      groupOutcomes.add(which);
    }
    long[] predicates = new long[in.readInt()];
    for (int p = 0; p < predicates.length; p++) {
      predicates[p] = packed(in.readUTF());
    }
    if (languages.length > ROW) {
      throw new IOException(
          "Cannot read " + RESOURCE + ": it knows " + languages.length + " languages");
    }
    int sparse = 0;
    int dense = 0;
    for (int g = 0; g < groups; g++) {
      int count = groupOutcomes.get(g).length;
      sparse += count < DENSE ? members[g] * count : 0;
      dense += count < DENSE ? 0 : members[g];
    }
    double[][] rows = new double[dense][ROW];
    byte[] outcomes = new byte[sparse];
    float[] weights = new float[sparse];
    long[] slots = new long[Integer.highestOneBit(predicates.length) << 2];
    int at = 0;
    int row = 0;
    int predicate = 0;
    for (int g = 0; g < groups; g++) {
      byte[] which = groupOutcomes.get(g);
      for (int m = 0; m < members[g]; m++) {
        long run = predicates[predicate++];
        if (which.length == 0) {
          continue;
        }
        if (which.length < DENSE) {
          put(run, (long) at << 32 | which.length, slots);
          for (byte outcome : which) {
            outcomes[at] = outcome;
            weights[at++] = (float) in.readDouble();
          }
        } else {
          put(run, (long) row << 32, slots);
          for (byte outcome : which) {
            rows[row][outcome] = (float) in.readDouble();
          }
          row++;
        }
      }
    }
    return new LanguageId(languages, slots, rows, outcomes, weights);
  }

  /** What leaves of a hash of 64 bits the number of a slot. */
  private static int shift(long[] slots) {
    return Long.numberOfLeadingZeros(slots.length / 2 - 1);
  }

  private static void put(long run, long place, long[] slots) {
    if (run == 0) {
      return;
    }
    int at = 2 * (int) ((run * HASH) >>> shift(slots));
    while (slots[at] != 0) {
      at = (at + 2) & (slots.length - 1);
    }
    slots[at] = run;
    slots[at + 1] = place;
  }

  /** Up to three units in one long; 0 for a longer run, which no text here asks for. */
  private static long packed(String run) {
    if (run.length() > LONGEST_RUN) {
      return 0;
    }
    long packed = 0;
    for (int i = 0; i < run.length(); i++) {
      packed = packed << 16 | run.charAt(i);
    }
    return packed;
  }
}
