package io.ccpairs.core.quality.language;

import io.ccpairs.core.pair.PairId;
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

  private final String[] languages;

  /** Packed runs by open addressing; 0 marks a free slot, and no run packs to 0. */
  private final long[] runs;

  /**
   * For each slot, where its weights begin in {@link #outcomes}; they end where {@link #ends} says.
   */
  private final int[] begins;

  private final int[] ends;
  private final byte[] outcomes;
  private final float[] weights;

  private static final class Loaded {
    static final LanguageId MODEL = read();
  }

  private LanguageId(
      String[] languages, long[] runs, int[] begins, int[] ends, byte[] outcomes, float[] weights) {
    this.languages = languages;
    this.runs = runs;
    this.begins = begins;
    this.ends = ends;
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
    double[] sums = new double[languages.length];
    long[] seen = new long[Integer.highestOneBit(LONGEST_RUN * length) << 2];
    for (int i = 0; i < length; i++) {
      long run = 0;
      for (int n = 0; n < LONGEST_RUN && i + n < length; n++) {
        run = run << 16 | plain[i + n];
        if (firstTime(run, seen)) {
          add(run, sums);
        }
      }
    }
    return best(sums);
  }

  private Guess best(double[] sums) {
    int best = 0;
    for (int i = 1; i < sums.length; i++) {
      best = sums[i] > sums[best] ? i : best;
    }
    double normaliser = 0;
    for (double sum : sums) {
      normaliser += Math.exp(SHARPNESS * (sum - sums[best]));
    }
    return new Guess(languages[best], 1 / normaliser);
  }

  private void add(long run, double[] sums) {
    int mask = runs.length - 1;
    int slot = (int) PairId.mix(run) & mask;
    while (runs[slot] != run) {
      if (runs[slot] == 0) {
        return;
      }
      slot = (slot + 1) & mask;
    }
    for (int i = begins[slot]; i < ends[slot]; i++) {
      sums[outcomes[i]] += weights[i];
    }
  }

  /** A run counts once however often it occurs, as in the model's training. */
  private static boolean firstTime(long run, long[] seen) {
    int mask = seen.length - 1;
    int slot = (int) PairId.mix(run) & mask;
    while (seen[slot] != 0) {
      if (seen[slot] == run) {
        return false;
      }
      slot = (slot + 1) & mask;
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
      char out =
          Character.isWhitespace(c) || Character.isDigit(c) || Character.isSurrogate(c)
              ? ' '
              : Character.toLowerCase(c);
      char last = length == 0 ? ' ' : into[length - 1];
      repeated = out == last ? repeated + 1 : 0;
      boolean shrinks = out == ' ' ? repeated > 0 || length == 0 : repeated > 1;
      if (!shrinks) {
        into[length++] = out;
      }
    }
    return length;
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
    int total = 0;
    for (int g = 0; g < groups; g++) {
      total += members[g] * groupOutcomes.get(g).length;
    }
    byte[] outcomes = new byte[total];
    float[] weights = new float[total];
    int size = Integer.highestOneBit(predicates.length) << 2;
    long[] runs = new long[size];
    int[] begins = new int[size];
    int[] ends = new int[size];
    int at = 0;
    int predicate = 0;
    for (int g = 0; g < groups; g++) {
      byte[] which = groupOutcomes.get(g);
      for (int m = 0; m < members[g]; m++) {
        int begin = at;
        for (byte outcome : which) {
          outcomes[at] = outcome;
          weights[at++] = (float) in.readDouble();
        }
        put(predicates[predicate++], begin, at, runs, begins, ends);
      }
    }
    return new LanguageId(languages, runs, begins, ends, outcomes, weights);
  }

  private static void put(long run, int begin, int end, long[] runs, int[] begins, int[] ends) {
    if (run == 0) {
      return;
    }
    int mask = runs.length - 1;
    int slot = (int) PairId.mix(run) & mask;
    while (runs[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    runs[slot] = run;
    begins[slot] = begin;
    ends[slot] = end;
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
