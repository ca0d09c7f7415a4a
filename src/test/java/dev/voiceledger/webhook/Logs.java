package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Everything that the service logs while this is open, with every stack trace in full. */
public final class Logs extends Handler implements AutoCloseable {
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  public Logs() {
    Logger.getLogger("").addHandler(this);
  }

  /** Each message with its parameters, and with its trace. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** Fails where something was logged that nobody may find in a log. */
  public void assertSilentOn(Collection<String> secrets) {
    List<String> leaks =
        lines.stream().filter(line -> secrets.stream().anyMatch(line::contains)).toList();
    assertEquals(List.of(), leaks, "logs hold ids and sentences, never what was sent");
  }

  @Override
  public void publish(LogRecord line) {
    StringWriter text = new StringWriter();
    text.append(line.getLoggerName()).append(' ').append(String.valueOf(line.getMessage()));
    if (line.getParameters() != null) {
      for (Object parameter : line.getParameters()) {
        text.append(' ').append(String.valueOf(parameter));
      }
      text.append(' ').append(formatted(line));
    }
    if (line.getThrown() != null) {
      line.getThrown().printStackTrace(new PrintWriter(text));
    }
    lines.add(text.toString());
  }

  private static String formatted(LogRecord line) {
    try {
      return MessageFormat.format(line.getMessage(), line.getParameters());
    } catch (IllegalArgumentException otherFormat) {
      return "";
    }
  }

  @Override
  public void flush() {
    // nothing is held back
  }

  @Override
  public void close() {
    Logger.getLogger("").removeHandler(this);
  }
}
