package dev.voiceledger.access;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/**
 * Who asks, as the database is told.
 *
 * @param role {@code authenticated} or {@code service_role}
 * @param claims of the token, as JSON, for {@code auth.uid()} and its like
 * @param userId the token's {@code sub}; null of a service
 * @param admin whether role or app_metadata.role say so; user_metadata is the user's to edit
 */
public record Caller(String role, String claims, String userId, boolean admin) {
  static final String USER_ROLE = "authenticated";
  static final String SERVICE_ROLE = "service_role";
  static final Caller SERVICE =
      new Caller(SERVICE_ROLE, "{\"role\":\"service_role\"}", null, false);

  /** Whether it may see what operators see. */
  public boolean operates() {
    return admin || role.equals(SERVICE_ROLE);
  }

  /** Runs work in one transaction as this caller; what no policy lets through is not there. */
  public <T> Uni<T> in(Database database, Supplier<Uni<T>> work) {
    return userId == null
        ? database.as(role, claims, work)
        : database.as(role, claims, userId, work);
  }
}
