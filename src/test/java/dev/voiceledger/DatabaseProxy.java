package dev.voiceledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between the service and its PostgreSQL and can be bad, in the ways of Toxiproxy and a few
 * more: refuse, cut, reset, stall, forget; delay, slice, be narrow. What is bad holds for all
 * connections, those to come too, until {@link #heal}. A database of several faults is one that was
 * told several.
 */
public final class DatabaseProxy implements AutoCloseable {
  private final int databasePort;
  private final ServerSocket server;
  private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
  private volatile Toxics toxics = Toxics.NONE;
  private volatile boolean refusing;
  private volatile boolean forgetting;

  /**
   * What happens to bytes on their way, each direction of a connection by itself.
   *
   * @param latencyMs that each byte is late, in its order; jitterMs is added at random, to its most
   * @param pieceBytes that go out at once; 0 for all there are
   * @param bytesPerSecond 0 for as many as there are
   */
  record Toxics(int latencyMs, int jitterMs, int pieceBytes, int bytesPerSecond, boolean stalling) {
    static final Toxics NONE = new Toxics(0, 0, 0, 0, false);
  }

  public DatabaseProxy(int databasePort) {
    this.databasePort = databasePort;
    try {
      this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** The same database, through here. */
  public TestDatabase to(TestDatabase database) {
    return new TestDatabase("127.0.0.1", port(), database.name(), database.password());
  }

  /** The database is gone: what is open is cut, and who comes is turned away. */
  public void away() {
    refusing = true;
    cut();
  }

  /** All connections end, once, as a program ends them; new ones are good. */
  public void cut() {
    links.forEach(ProxyLink::close);
  }

  /** All connections break, once, by a reset, as after the other machine has started anew. */
  public void reset() {
    links.forEach(ProxyLink::reset);
  }

  /** Nothing breaks and nothing moves; what is held back comes after all. */
  public void stall() {
    Toxics now = toxics;
    toxics = new Toxics(now.latencyMs, now.jitterMs, now.pieceBytes, now.bytesPerSecond, true);
  }

  /**
   * Half-open: what is sent either way is taken and gone, closings too, and nobody is told, as when
   * something between has forgotten the connections. They stay so for ever, and so do those that
   * are made meanwhile; after {@link #heal} only new ones are good.
   */
  public void forget() {
    forgetting = true;
    links.forEach(ProxyLink::forget);
  }

  /** Both directions are late. */
  public void latency(int ms, int jitterMs) {
    Toxics now = toxics;
    toxics = new Toxics(ms, jitterMs, now.pieceBytes, now.bytesPerSecond, now.stalling);
  }

  /** No more bytes than that are written at once. */
  public void slice(int bytes) {
    Toxics now = toxics;
    toxics = new Toxics(now.latencyMs, now.jitterMs, bytes, now.bytesPerSecond, now.stalling);
  }

  /** Of each connection, in each direction. */
  public void bandwidth(int bytesPerSecond) {
    Toxics now = toxics;
    toxics = new Toxics(now.latencyMs, now.jitterMs, now.pieceBytes, bytesPerSecond, now.stalling);
  }

  /** All is as if nothing had been; what was held back is passed on. */
  public void heal() {
    refusing = false;
    forgetting = false;
    toxics = Toxics.NONE;
  }

  Toxics toxics() {
    return toxics;
  }

  /** Connections of which the client's end is open, or is not known to be closed. */
  public int open() {
    return links.size();
  }

  void over(ProxyLink link) {
    links.remove(link);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (refusing) {
          client.close();
        } else {
          join(client);
        }
      } catch (IOException e) {
        // The next one.
      }
    }
  }

  private void join(Socket client) throws IOException {
    try {
      Socket database =
          forgetting ? null : new Socket(InetAddress.getLoopbackAddress(), databasePort);
      ProxyLink link = new ProxyLink(this, client, database);
      links.add(link);
      link.start();
    } catch (IOException away) {
      client.close();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      // It was closed.
    }
    cut();
  }
}
