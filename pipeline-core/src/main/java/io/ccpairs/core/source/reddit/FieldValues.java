package io.ccpairs.core.source.reddit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the fields of one record hold: texts, numbers, and facts that are so or not. */
@SuppressWarnings("EnumOrdinal") // places in arrays that live as long as the enum
final class FieldValues {
  private static final int FIELDS = RedditField.values().length;

  private static final long META = bit(RedditField.META);
  private static final long TOLD_BY_META = bit(RedditField.WAS_DELETED_LATER);

  /** Fields without text and number. */
  private static final long FACTS = facts();

  private final @Nullable String[] texts = new String[FIELDS];
  private final @Nullable Long[] numbers = new Long[FIELDS];
  private long facts;
  private long present;

  private static long facts() {
    long facts = 0;
    for (RedditField field : RedditField.values()) {
      facts |= field.isFact() ? bit(field) : 0;
    }
    return facts;
  }

  void clear() {
    Arrays.fill(texts, null);
    Arrays.fill(numbers, null);
    facts = 0;
    present = 0;
  }

  @Nullable String text(RedditField field) {
    return texts[field.ordinal()];
  }

  void text(RedditField field, @Nullable String value) {
    texts[field.ordinal()] = value;
  }

  @Nullable Long number(RedditField field) {
    return numbers[field.ordinal()];
  }

  void number(RedditField field, @Nullable Long value) {
    numbers[field.ordinal()] = value;
  }

  boolean anyFact() {
    return facts != 0;
  }

  boolean fact(RedditField field) {
    return (facts & bit(field)) != 0;
  }

  void fact(RedditField field, boolean holds) {
    facts = holds ? facts | bit(field) : facts & ~bit(field);
  }

  boolean isPresent(RedditField field) {
    return (present & bit(field)) != 0;
  }

  void present(RedditField field) {
    present |= bit(field);
  }

  /** What {@link #take} goes by: a bit for a field. */
  static long bit(RedditField field) {
    return 1L << field.ordinal();
  }

  /** Takes the values of some fields, a bit each, as another record has them. */
  void take(long fields, FieldValues from) {
    long told = (fields & META) == 0 ? fields : fields | TOLD_BY_META;
    facts = (facts & ~told) | (from.facts & told);
    present |= fields;
    for (long left = fields & ~FACTS; left != 0; left &= left - 1) {
      int at = Long.numberOfTrailingZeros(left);
      texts[at] = from.texts[at];
      numbers[at] = from.numbers[at];
    }
  }

  void takeAll(FieldValues from) {
    System.arraycopy(from.texts, 0, texts, 0, FIELDS);
    System.arraycopy(from.numbers, 0, numbers, 0, FIELDS);
    facts = from.facts;
    present = from.present;
  }
}
