package io.ccpairs.jobs.mine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.source.ThreadItem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.SerializerInstance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;

class ItemBytesTest {
  private static final ClassTag<byte[]> BYTES = ClassTag.apply(byte[].class);

  private static ThreadItem item(
      String thread, boolean opens, String id, String text, @Nullable Integer votes) {
    return new ThreadItem(
        opens ? Kind.QUESTION : Kind.ANSWER,
        Origin.STACKEXCHANGE,
        "ai.stackexchange.com",
        null,
        thread,
        opens,
        id,
        text,
        votes,
        votes == null ? null : -7L,
        opens ? "a2" : null,
        true,
        opens ? List.of("x", "ÿ") : List.of(),
        "CC BY-SA 4.0",
        opens ? null : Long.valueOf(-1));
  }

  @Test
  void anItemComesBackAsItWent() {
    for (ThreadItem item :
        List.of(
            item("t", true, "q", "Why? \u0000 日本 😀", null),
            item("", false, "", "", Integer.MIN_VALUE),
            item("a\u0000b\u0001c", false, "\u0000\u0000", "x", -3))) {
      byte[] bytes = new ItemBytes().item(item);
      assertThat(ItemBytes.type(bytes)).isEqualTo(ItemBytes.Type.ITEM);
      assertThat(ItemBytes.item(bytes, Origin.STACKEXCHANGE)).isEqualTo(item);
    }
  }

  @Test
  void theOrderOfTheBytesIsTheOrderOfAThread() {
    ItemBytes bytes = new ItemBytes();
    List<byte[]> inOrder = new ArrayList<>();
    for (ThreadItem item :
        List.of(
            item("t", true, "z", "opener first, whatever its id", null),
            item("t", false, "a", "no votes, no time", null),
            item("t", false, "a", "x", -2),
            item("t", false, "a", "fewer votes before more", 3),
            item("t", false, "a", "then by text", 3),
            item("t", false, "a\u0000", "a longer id", 1),
            item("t", false, "ab", "and a longer one", 1),
            item("t", false, "b", "", null))) {
      inOrder.add(bytes.item(item));
    }
    List<byte[]> sorted = new ArrayList<>(inOrder);
    Collections.reverse(sorted);
    sorted.sort(ItemBytes.ORDER);
    assertThat(sorted).containsExactlyElementsOf(inOrder);
    // Another thread's items stand together elsewhere, even one whose name only begins the same.
    assertThat(ItemBytes.hash(bytes.item(item("t\u0000", false, "a", "x", 1))))
        .isNotEqualTo(ItemBytes.hash(inOrder.get(0)));
  }

  @Test
  void aStreamThatIsCutInARecordIsAnErrorAndNotAnEnd() {
    SerializerInstance serializer = new BytesSerializer().newInstance();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    SerializationStream out = serializer.serializeStream(stream);
    byte[] record = {1, 2, 3};
    out.writeKey(record, BYTES);
    out.close();
    byte[] whole = stream.toByteArray();

    var in = serializer.deserializeStream(new ByteArrayInputStream(whole));
    assertThat(in.<byte[]>readKey(BYTES)).isEqualTo(record);
    assertThatThrownBy(() -> in.readKey(BYTES)).isInstanceOf(java.io.EOFException.class);
    for (int cut = 1; cut < whole.length; cut++) {
      var part = serializer.deserializeStream(new ByteArrayInputStream(Arrays.copyOf(whole, cut)));
      assertThatThrownBy(() -> part.readKey(BYTES))
          .hasMessageContaining("in the middle of a record");
    }
  }
}
