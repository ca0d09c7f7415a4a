package dev.voiceledger.platform;

import jakarta.enterprise.context.ApplicationScoped;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** This process, among the others that serve the same database. */
@ApplicationScoped
public class Replica {
  private final UUID id = UUID.randomUUID();
  private final Instant startedAt =
      Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
  private final String version;

  Replica(
      @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown")
          String version) {
    this.version = version;
  }

  /** Made at random for each process: whoever takes turns with others goes by it. */
  public UUID id() {
    return id;
  }

  /** When the process began. */
  public Instant startedAt() {
    return startedAt;
  }

  /** Of the program. */
  public String version() {
    return version;
  }
}
