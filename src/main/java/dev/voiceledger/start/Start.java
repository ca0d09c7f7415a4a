package dev.voiceledger.start;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** From the environment to a listening service: settings, database, Quarkus, and the way back. */
public final class Start {
  private static final int REFUSED = 1;
  private static final int MISUSED = 2;
  private static final int STOP_SECONDS_MAX = 30;

  private static volatile boolean serving;

  private Start() {}

  /** Does what the command line says; what keeps it from that ends in a sentence, not a trace. */
  public static void run(String... words) {
    try {
      switch (words.length == 0 ? "run" : words[0]) {
        case "run" -> serve(Settings.ofProcess());
        case "token" -> System.out.println(TrialToken.of(Settings.ofProcess(), rest(words)));
        default -> end("knows run and token, not " + words[0], MISUSED);
      }
    } catch (Refusal refusal) {
      end(refusal.getMessage(), REFUSED);
    }
  }

  private static String[] rest(String... words) {
    return Arrays.copyOfRange(words, 1, words.length);
  }

  private static void end(String sentence, int status) {
    System.err.println("voiceledger: " + sentence);
    System.exit(status);
  }

  private static void serve(Settings settings) {
    if (ServiceProperties.published()) {
      quarkus(null, new CountDownLatch(1)); // dev mode, reloaded: all that is below still stands
      return;
    }
    settings.check();
    DataDirectory data = new DataDirectory(settings.dataDirectory());
    if (settings.embedded() || settings.makesJwtSecret()) {
      data.take();
    }
    checkPort(settings.host(), settings.port());
    CountDownLatch stopped = new CountDownLatch(1);
    ServiceProperties properties = new ServiceProperties(settings, data);
    if (settings.embedded()) {
      EmbeddedDatabase embedded = EmbeddedDatabase.start(data);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> atExit(embedded, stopped)));
      properties.databases(embedded.owner(), embedded.service(), embedded.service());
      properties.stopAtOnce();
      hand(properties, embedded, stopped);
    } else {
      properties.ways(DatabaseDoor.check(settings));
      properties.databases(settings.owner(), settings.service(), settings.direct());
      hand(properties, null, stopped);
    }
  }

  /** Quarkus takes over until the end of the process; then the database may go too. */
  private static void hand(
      ServiceProperties properties, EmbeddedDatabase embedded, CountDownLatch stopped) {
    properties.publish();
    serving = true;
    quarkus(embedded, stopped);
  }

  private static void quarkus(EmbeddedDatabase embedded, CountDownLatch stopped) {
    Quarkus.run(
        Service.class,
        (status, failure) -> {
          if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            return; // a live reload: the database stays for the next one
          }
          close(embedded);
          stopped.countDown();
          if (failure != null) {
            end("does not start: " + sentence(failure), REFUSED);
          }
          System.exit(status);
        });
  }

  /** The innermost cause, which is the one that a person can do something about. */
  private static String sentence(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String words = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return words.strip().replaceAll("\\s*\\R\\s*", "; ");
  }

  /** On a signal the service's pools close first, then the database; without a service, at once. */
  private static void atExit(EmbeddedDatabase embedded, CountDownLatch stopped) {
    try {
      if (serving && LaunchMode.current() != LaunchMode.DEVELOPMENT) {
        stopped.await(STOP_SECONDS_MAX, TimeUnit.SECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    close(embedded);
  }

  private static void close(EmbeddedDatabase embedded) {
    if (embedded != null) {
      embedded.close();
    }
  }

  /** Before any database is touched; Quarkus would say it too, but late and in many lines. */
  private static void checkPort(String host, int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new Refusal("HOST is " + host + ", which is no address of this machine");
      }
      probe.bind(address);
    } catch (IOException e) {
      throw new Refusal(
          "Cannot listen on " + host + ":" + port + " (" + e.getMessage() + "); set PORT or HOST",
          e);
    }
  }
}
