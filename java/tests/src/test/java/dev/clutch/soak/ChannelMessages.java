package dev.clutch.soak;

import dev.clutch.Channel;
import java.io.IOException;
import java.util.List;

/** Through a channel that holds little. */
final class ChannelMessages extends Messages {
  ChannelMessages() {
    super("def ends(way): return way[0].send, way[1].receive");
  }

  @Override
  Way open() throws IOException {
    Channel channel = Channel.open(4096);
    return new Way() {
      @Override
      public Object ends() {
        return List.of(channel.sendEnd(), channel.receiveEnd());
      }

      @Override
      public void put(Object message) throws InterruptedException {
        channel.sendEnd().send(message);
      }

      @Override
      public Object get() throws InterruptedException {
        return channel.receiveEnd().receive();
      }

      @Override
      public void finish() {
        channel.sendEnd().close();
      }

      @Override
      public void close() {
        channel.close();
      }
    };
  }
}
