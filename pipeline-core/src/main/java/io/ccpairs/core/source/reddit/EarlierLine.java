package io.ccpairs.core.source.reddit;

import java.util.Arrays;

/**
 * An earlier line of a dump, member by member, beside which later ones are laid: more than half of
 * a line stands in the one before it, letter by letter, and what is the same need not be read
 * again. What a line says does not depend on it, only how soon that is known.
 *
 * <pre>
 *   {"archived": false, "author": "ann", "body": "…
 *    ^ key 0           ^ key 1   ^ value 1
 * </pre>
 *
 * <p>Memory: at most {@value #MAX_BYTES} bytes and {@value #MAX_MEMBERS} members. Not thread-safe.
 */
final class EarlierLine {
  static final int MAX_BYTES = 1 << 14;
  static final int MAX_MEMBERS = 256;

  /** After so many lines in a row of which less than half was known, another one is taken. */
  private static final int PATIENCE = 8;

  private byte[] line = {};
  private int members;
  private final int[] keyAt = new int[MAX_MEMBERS];
  private final int[] valueAt = new int[MAX_MEMBERS];
  private final RedditField[] fields = new RedditField[MAX_MEMBERS];

  /** Bits of the fields before a member. */
  private final long[] before = new long[MAX_MEMBERS];

  private final int[] memberOf = new int[RedditField.values().length];
  private final FieldValues values = new FieldValues();
  private int strange;

  // A line that is being read to become the earlier one.
  private boolean learning;
  private int learnt;

  /** Begins a line: whether it is to be learnt. */
  boolean begin() {
    learning = members == 0;
    learnt = 0;
    return learning;
  }

  /** Of the line being learnt: where a member stands, from the line's start. */
  void learn(int key, int value, RedditField field) {
    if (learnt < MAX_MEMBERS) {
      keyAt[learnt] = key;
      valueAt[learnt] = value;
      fields[learnt] = field;
    }
    learnt++;
  }

  /** Takes the line that was read to its end without a fault, unless it is too long or odd. */
  @SuppressWarnings("EnumOrdinal") // a place in an array that lives as long as the enum
  void end(byte[] buffer, int start, int end, FieldValues read) {
    if (!learning || learnt > MAX_MEMBERS || end - start > MAX_BYTES) {
      return;
    }
    Arrays.fill(memberOf, -1);
    long passed = 0;
    for (int member = 0; member < learnt; member++) {
      int field = fields[member].ordinal();
      if (fields[member] != RedditField.OTHER && memberOf[field] >= 0) {
        return; // what one of two says alone is not known
      }
      memberOf[field] = member;
      before[member] = passed;
      passed |= fields[member] == RedditField.OTHER ? 0 : FieldValues.bit(fields[member]);
    }
    line = Arrays.copyOfRange(buffer, start, end);
    values.takeAll(read);
    members = learnt;
    strange = 0;
  }

  /**
   * How a later line fared: how many of its members were known, by key at least, and how many not.
   */
  void fared(int known, int unknown) {
    strange = unknown > known ? strange + 1 : 0;
    if (strange == PATIENCE) {
      members = 0;
    }
  }

  int members() {
    return members;
  }

  /** Up to where a later line is the same as this from a member on; a place in this line. */
  int sameTo(int member, byte[] buffer, int from, int to) {
    int key = keyAt[member];
    int differs = Arrays.mismatch(line, key, line.length, buffer, from, to);
    return differs < 0 ? line.length : key + differs;
  }

  int keyAt(int member) {
    return keyAt[member];
  }

  int valueAt(int member) {
    return valueAt[member];
  }

  RedditField field(int member) {
    return fields[member];
  }

  /** The member behind that of a field; where the line has no such field, the one given. */
  @SuppressWarnings("EnumOrdinal") // a place in an array that lives as long as the enum
  int nextAfter(RedditField field, int otherwise) {
    int member = memberOf[field.ordinal()];
    return members == 0 || field == RedditField.OTHER || member < 0 ? otherwise : member + 1;
  }

  /** Gives the values of the fields of some members to another record. */
  void give(int from, int to, FieldValues values) {
    values.take(before[to] & ~before[from], this.values);
  }
}
