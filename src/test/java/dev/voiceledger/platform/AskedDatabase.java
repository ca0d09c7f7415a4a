package dev.voiceledger.platform;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Vetoed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** No database: it keeps what stores ask, so that a test can explain their own statements. */
@Vetoed
public final class AskedDatabase extends Database {
  private final List<Asked> asked = new ArrayList<>();

  public AskedDatabase() {
    super(new DatabasePool(null, false), null, new SimpleMeterRegistry());
  }

  /**
   * A statement.
   *
   * @param sql with {@code $1}, {@code $2}, … for the values, as PostgreSQL is sent it
   */
  public record Asked(String sql, List<Object> values) {}

  /** Nothing is found, whatever is asked. */
  @Override
  public <T> Uni<List<T>> ask(String sql, Class<T> type, Object... values) {
    asked.add(new Asked(sql.replaceAll("\\?(\\d+)", "\\$$1"), Arrays.asList(values)));
    return Uni.createFrom().item(List.of());
  }

  /** The statement that was asked last. */
  public Asked last() {
    return asked.getLast();
  }
}
