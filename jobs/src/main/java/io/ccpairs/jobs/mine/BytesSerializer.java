package io.ccpairs.jobs.mine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import scala.reflect.ClassTag;

/**
 * Writes the records of a shuffle whose keys are arrays of bytes and whose values are nothing: a
 * length and the bytes. Whatever serialiser a cluster is set to, this shuffle pays for no objects.
 */
final class BytesSerializer extends Serializer implements Serializable {
  private static final long serialVersionUID = 1L;

  @Override
  public SerializerInstance newInstance() {
    return new Instance();
  }

  /** Records stand by themselves, so Spark may sort and join them as they lie. */
  @Override
  public boolean supportsRelocationOfSerializedObjects() {
    return true;
  }

  private static final class Instance extends SerializerInstance {
    @Override
    public <T> ByteBuffer serialize(T record, ClassTag<T> tag) {
      throw onlyStreams();
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassTag<T> tag) {
      throw onlyStreams();
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassLoader loader, ClassTag<T> tag) {
      throw onlyStreams();
    }

    private static UnsupportedOperationException onlyStreams() {
      return new UnsupportedOperationException("Only streams of a shuffle are written this way");
    }

    @Override
    public SerializationStream serializeStream(OutputStream stream) {
      return new Out(new DataOutputStream(stream));
    }

    @Override
    public DeserializationStream deserializeStream(InputStream stream) {
      return new In(new DataInputStream(stream));
    }
  }

  private static final class Out extends SerializationStream {
    private final DataOutputStream out;

    Out(DataOutputStream out) {
      this.out = out;
    }

    @Override
    public <T> SerializationStream writeKey(T key, ClassTag<T> tag) {
      return writeObject(key, tag);
    }

    @Override
    public <T> SerializationStream writeValue(T value, ClassTag<T> tag) {
      return this;
    }

    @Override
    public <T> SerializationStream writeObject(T record, ClassTag<T> tag) {
      byte[] bytes = (byte[]) record;
      try {
        out.writeInt(bytes.length);
        out.write(bytes, 0, bytes.length);
      } catch (IOException e) {
        throw asIs(e);
      }
      return this;
    }

    @Override
    public void flush() {
      try {
        out.flush();
      } catch (IOException e) {
        throw asIs(e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw asIs(e);
      }
    }
  }

  private static final class In extends DeserializationStream {
    private final DataInputStream in;

    In(DataInputStream in) {
      this.in = in;
    }

    @Override
    public <T> T readKey(ClassTag<T> tag) {
      return readObject(tag);
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // a value is nothing
    public <T> T readValue(ClassTag<T> tag) {
      return (T) null;
    }

    @Override
    @SuppressWarnings("unchecked") // the caller's type is that of the records
    public <T> T readObject(ClassTag<T> tag) {
      try {
        int first = in.read();
        if (first < 0) {
          // How the reader above learns of the end.
          throw new EOFException();
        }
        try {
          int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
          byte[] bytes = new byte[length];
          in.readFully(bytes);
          return (T) bytes;
        } catch (EOFException e) {
          throw new IOException("A block of the shuffle ends in the middle of a record", e);
        }
      } catch (IOException e) {
        throw asIs(e);
      }
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw asIs(e);
      }
    }
  }

  /** Spark's interfaces declare no exceptions, yet expect these. Never returns. */
  private static IllegalStateException asIs(IOException e) {
    BytesSerializer.<RuntimeException>raise(e);
    return new IllegalStateException(e);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> void raise(Exception e) throws E {
    throw (E) e;
  }
}
