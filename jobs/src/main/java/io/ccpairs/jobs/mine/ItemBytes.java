package io.ccpairs.jobs.mine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.jobs.spark.Tally;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What crosses the shuffle by which the items of a thread meet, one array of bytes each: the items;
 * rows that were dropped before it, when all dropped rows are wanted; and, once for each task, the
 * tally of what the task dropped. Like rows, tallies are neither lost nor counted twice when Spark
 * runs a task again.
 *
 * <p>The bytes begin with a hash of the thread, by which they find their task, and are laid out so
 * that their own order as unsigned bytes is the order ThreadPairs asks for: the items of a thread
 * together, its opener first, equal ids together, then by time, votes and text, then by all the
 * rest. Texts cross once, as UTF-8.
 *
 * <pre>
 *   hash of thread (8) | type (1) | thread | answers (1) | id | created | votes | text | rest | length of text (4)
 * </pre>
 *
 * <p>An instance keeps a buffer and belongs to one task.
 */
@SuppressWarnings("EnumOrdinal") // the bytes live no longer than the application
final class ItemBytes {
  /** The order of the bytes, fit for closures. */
  static final Comparator<byte[]> ORDER = (Comparator<byte[]> & Serializable) ItemBytes::compare;

  private static final int HASH = Long.BYTES;

  private byte[] buffer = new byte[1 << 12];
  private int length;

  /** What an array holds. The number is its byte. */
  enum Type {
    ITEM,
    DROPPED,
    TALLY
  }

  private static final Type[] TYPES = Type.values();
  private static final Kind[] KINDS = Kind.values();
  private static final Verdict[] VERDICTS = Verdict.values();

  private static int compare(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b);
  }

  /** The hash by which an array finds its task. */
  static long hash(byte[] record) {
    return ByteBuffer.wrap(record).getLong();
  }

  static Type type(byte[] record) {
    return TYPES[record[HASH]];
  }

  byte[] item(ThreadItem item) {
    begin(item.thread(), Type.ITEM);
    ordered(item.thread());
    put(item.opens() ? 0 : 1);
    ordered(item.id());
    putOrdered(item.createdAt());
    Integer votes = item.votes();
    putOrdered(votes == null ? null : Long.valueOf(votes));
    int text = putUtf8(item.text());
    put(item.kind().ordinal());
    put(item.acceptanceKnown() ? 1 : 0);
    putNullable(item.subset());
    putNullable(item.lang());
    putNullable(item.accepted());
    putNullable(item.licence());
    putOrdered(item.author());
    putInt(item.tags().size());
    item.tags().forEach(this::putNullable);
    putInt(text);
    return record();
  }

  static ThreadItem item(byte[] record, Origin origin) {
    Reader in = new Reader(record, HASH + 1);
    String thread = in.ordered();
    boolean opens = in.get() == 0;
    String id = in.ordered();
    Long created = in.nullableLong();
    Long votes = in.nullableLong();
    String text = in.utf8(new Reader(record, record.length - Integer.BYTES).getInt());
    Kind kind = KINDS[in.get()];
    boolean acceptanceKnown = in.get() == 1;
    String subset = in.string();
    String lang = in.nullable();
    String accepted = in.nullable();
    String licence = in.nullable();
    Long author = in.nullableLong();
    int count = in.getInt();
    List<String> tags = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tags.add(in.string());
    }
    return new ThreadItem(
        kind,
        origin,
        subset,
        lang,
        thread,
        opens,
        id,
        text,
        votes == null ? null : Integer.valueOf(votes.intValue()),
        created,
        accepted,
        acceptanceKnown,
        tags,
        licence,
        author);
  }

  byte[] dropped(Judged judged) {
    begin(judged.sourceId(), Type.DROPPED);
    put(judged.kind().ordinal());
    put(judged.verdict().ordinal());
    putNullable(judged.sourceId());
    putNullable(judged.text());
    return record();
  }

  static Judged judged(byte[] record) {
    Reader in = new Reader(record, HASH + 1);
    Kind kind = KINDS[in.get()];
    Verdict verdict = VERDICTS[in.get()];
    return Judged.record(kind, verdict, in.string(), in.string());
  }

  byte[] tally(Tally tally, int partition) {
    begin("tally of task " + partition, Type.TALLY);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(tally);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write to memory", e);
    }
    put(bytes.toByteArray());
    return record();
  }

  static Tally tally(byte[] record) {
    // These bytes were written by a task of this same application a moment ago.
    try (ObjectInputStream in =
        new ObjectInputStream(
            new ByteArrayInputStream(record, HASH + 1, record.length - HASH - 1))) {
      return (Tally) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("Cannot read a tally that a task of this job wrote", e);
    }
  }

  private void begin(String key, Type type) {
    length = 0;
    putLong(PairId.draw(key, 0));
    put(type.ordinal());
  }

  private byte[] record() {
    return Arrays.copyOf(buffer, length);
  }

  private void room(int more) {
    if (buffer.length - length < more) {
      buffer = Arrays.copyOf(buffer, Math.max(length + more, 2 * buffer.length));
    }
  }

  private void put(int value) {
    room(1);
    buffer[length++] = (byte) value;
  }

  private void put(byte[] bytes) {
    room(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private void putInt(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      put(value >>> shift);
    }
  }

  private void putLong(long value) {
    putInt((int) (value >>> 32));
    putInt((int) value);
  }

  /** Nothing comes before every number, and numbers in their order. */
  private void putOrdered(@Nullable Long value) {
    put(value == null ? 0 : 1);
    if (value != null) {
      putLong(value ^ Long.MIN_VALUE);
    }
  }

  private int putUtf8(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    put(utf8);
    return utf8.length;
  }

  /** Ends with two zeros; a zero inside is followed by a one: shorter strings come first. */
  private void ordered(String text) {
    for (byte b : text.getBytes(UTF_8)) {
      put(b);
      if (b == 0) {
        put(1);
      }
    }
    put(0);
    put(0);
  }

  private void putNullable(@Nullable String text) {
    if (text == null) {
      putInt(-1);
      return;
    }
    byte[] utf8 = text.getBytes(UTF_8);
    putInt(utf8.length);
    put(utf8);
  }

  /** Reads what was put, in the same order. */
  private static final class Reader {
    private final byte[] in;
    private int at;

    Reader(byte[] in, int from) {
      this.in = in;
      this.at = from;
    }

    int get() {
      return in[at++];
    }

    int getInt() {
      int value = 0;
      for (int i = 0; i < Integer.BYTES; i++) {
        value = value << 8 | (in[at++] & 0xFF);
      }
      return value;
    }

    @Nullable Long nullableLong() {
      if (get() == 0) {
        return null;
      }
      long high = getInt() & 0xFFFFFFFFL;
      return (high << 32 | (getInt() & 0xFFFFFFFFL)) ^ Long.MIN_VALUE;
    }

    String utf8(int count) {
      at += count;
      return new String(in, at - count, count, UTF_8);
    }

    String ordered() {
      int from = at;
      while (in[at] != 0) {
        at++;
      }
      if (in[at + 1] == 0) {
        String text = new String(in, from, at - from, UTF_8);
        at += 2;
        return text;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (at = from; in[at] != 0 || in[at + 1] != 0; at++) {
        bytes.write(in[at]);
        at += in[at] == 0 ? 1 : 0;
      }
      at += 2;
      return bytes.toString(UTF_8);
    }

    @Nullable String nullable() {
      int count = getInt();
      return count < 0 ? null : utf8(count);
    }

    String string() {
      String text = nullable();
      if (text == null) {
        throw new IllegalStateException("A string is missing in a record that this job wrote");
      }
      return text;
    }
  }
}
