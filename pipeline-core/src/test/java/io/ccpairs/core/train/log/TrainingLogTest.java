package io.ccpairs.core.train.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class TrainingLogTest {
  private static Map<String, Double> values(double loss) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", loss);
    values.put("pairs", 64.0);
    return values;
  }

  @Test
  void aLineIsAnObjectThatReadsBack() throws IOException {
    String line = MetricsLog.line(7, values(0.5));
    assertThat(line).isEqualTo("{\"step\":7,\"loss\":0.5,\"pairs\":64}\n");
    assertThat(MetricsLog.parse(line)).containsEntry("loss", 0.5).containsEntry("step", 7.0);
    assertThat(MetricsLog.line(8, values(Double.NaN))).contains("\"loss\":null");
    assertThat(MetricsLog.parse(line.substring(0, 12))).isEmpty();
  }

  @Test
  void recordsOfAnEventFileHaveTheirLengthsAndChecksums() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TensorBoardEvents events = new TensorBoardEvents(bytes, 1.5e9, 300)) {
      events.scalars(1.5e9, 301, values(0.25));
    }
    ByteBuffer file = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int records = 0;
    String last = "";
    while (file.hasRemaining()) {
      int begin = file.position();
      long length = file.getLong();
      assertThat(file.getInt()).isEqualTo(masked(bytes.toByteArray(), begin, 8));
      byte[] message = new byte[(int) length];
      file.get(message);
      assertThat(file.getInt()).isEqualTo(masked(message, 0, message.length));
      last = new String(message, UTF_8);
      records++;
    }
    assertThat(records).isEqualTo(3);
    assertThat(last).contains("loss").contains("pairs");
  }

  private static int masked(byte[] bytes, int begin, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, begin, length);
    int value = (int) crc.getValue();
    return ((value >>> 15) | (value << 17)) + 0xa282ead8;
  }
}
