package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.NotShareableException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Direct buffers and memoryviews, which share memory. */
class BuffersTest extends ValuesFixture {
  @Test
  void directBuffersAreSharedMemory() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(8);
    buffer.put(0, (byte) 1).put(2, (byte) 7).position(2).limit(6);
    python.set("view", buffer);
    assertThat(python.eval("kind(view), len(view), view[0], view.readonly"))
        .isEqualTo(List.of("builtins.memoryview", 4L, 7L, false));
    python.run("view[1] = 200");
    assertThat(buffer.get(3)).isEqualTo((byte) 200);
    buffer.put(2, (byte) 9);
    assertThat(python.eval("view[0]")).isEqualTo(9L);
    ByteBuffer back = (ByteBuffer) python.get("view");
    back.put(3, (byte) 42);
    assertThat(buffer.get(5)).isEqualTo((byte) 42);
    assertThat(back.remaining()).isEqualTo(4);
  }

  @Test
  void readOnlyAndEmptyBuffersCross() {
    ByteBuffer readOnly = ByteBuffer.allocateDirect(2).asReadOnlyBuffer();
    assertThat(python.call("getattr", readOnly, "readonly")).isEqualTo(true);
    assertThat(((ByteBuffer) echo(readOnly)).isReadOnly()).isTrue();
    assertThat(((ByteBuffer) echo(ByteBuffer.allocateDirect(0))).remaining()).isZero();
    assertThat(((ByteBuffer) python.eval("memoryview(b'')")).remaining()).isZero();
  }

  @Test
  void heapBuffersAreRefused() {
    assertThatThrownBy(() -> echo(List.of(ByteBuffer.allocate(1))))
        .isInstanceOf(NotShareableException.class)
        .hasMessageStartingWith("args[0][0] is a ByteBuffer on the Java heap");
  }

  @Test
  void aJavaBufferOutlivesItsVariable() throws Exception {
    python.set("kept", ByteBuffer.allocateDirect(1 << 16).put(100, (byte) 5));
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(10);
      ByteBuffer.allocateDirect(1 << 16).put(100, (byte) 6);
    }
    assertThat(python.eval("kept[0] + len(kept)")).isEqualTo(65536L);
    assertThat(python.eval("kept[100]")).isEqualTo(5L);
  }
}
