package dev.voiceledger.platform;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.VertxServiceProvider;

/**
 * Gives every connection that is accepted its {@link Pace}, before Vert.x reads a byte of it: what
 * never becomes a request is known to nobody else. Found by Vert.x under {@code META-INF/services}.
 */
public final class PacedConnections implements VertxServiceProvider {

  @Override
  public void init(VertxBuilder builder) {
    if (builder.findTransport() instanceof JDKTransport) {
      builder.findTransport(new Paced());
    }
  }

  private static final class Paced extends JDKTransport {
    private final Untaken untaken = new Untaken();

    @Override
    public void configure(NetServerOptions options, boolean domain, ServerBootstrap bootstrap) {
      super.configure(options, domain, bootstrap);
      bootstrap.handler(new Accepting(untaken));
    }
  }

  @Sharable
  private static final class Accepting extends ChannelInboundHandlerAdapter {
    private final Untaken untaken;

    private Accepting(Untaken untaken) {
      this.untaken = untaken;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      ((Channel) accepted).pipeline().addLast(new Pace(untaken));
      context.fireChannelRead(accepted);
    }
  }
}
