package dev.voiceledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between the service and its PostgreSQL and can be bad: refuse new connections, cut those
 * there are, or stall, which is to take bytes and pass none on. One thread for each direction.
 */
public final class DatabaseProxy {
  private static final int BUFFER = 16 * 1024;

  private final int databasePort;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;
  private volatile boolean stalling;

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

  /** The database is gone: what is open is cut, and who comes is turned away. */
  public void away() {
    refusing = true;
    cut();
  }

  /** All connections break, once; new ones are good. */
  public void cut() {
    open.forEach(DatabaseProxy::close);
  }

  /** Nothing breaks and nothing moves. */
  public void stall() {
    stalling = true;
  }

  /** All is as if nothing had been; what was held back is passed on. */
  public void heal() {
    refusing = false;
    stalling = false;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (refusing) {
          close(client);
        } else {
          join(client, new Socket(InetAddress.getLoopbackAddress(), databasePort));
        }
      } catch (IOException e) {
        // The next one.
      }
    }
  }

  private void join(Socket client, Socket database) throws IOException {
    client.setTcpNoDelay(true);
    database.setTcpNoDelay(true);
    open.add(client);
    open.add(database);
    Thread.ofPlatform().daemon().start(() -> pump(client, database));
    Thread.ofPlatform().daemon().start(() -> pump(database, client));
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int length; (length = in.read(buffer)) >= 0; ) {
        while (stalling && !to.isClosed()) {
          Thread.sleep(5);
        }
        to.getOutputStream().write(buffer, 0, length);
      }
    } catch (IOException | InterruptedException e) {
      // Both ends are closed; each side finds out for itself.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It was closed.
    }
  }
}
