package dev.voiceledger.access;

import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.StrictJwt;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Who asks, as the database is told. A person or a service has claims of its own; the holder of a
 * join token gets claims only with a call, from {@link CallAccess}.
 *
 * @param role {@code authenticated} or {@code service_role}
 * @param claims of the token, as JSON, for {@code auth.uid()} and its like; null of a join token
 * @param userId the token's {@code sub}; null of a service and of a join token
 * @param admin whether role or app_metadata.role say so; user_metadata is the user's to edit
 * @param join what a LiveKit join token grants; null of persons and services
 */
public record Caller(String role, String claims, String userId, boolean admin, JoinGrant join) {
  static final String USER_ROLE = "authenticated";
  static final String SERVICE_ROLE = "service_role";
  static final Caller SERVICE = service("{\"role\":\"service_role\"}");

  static Caller service(String claims) {
    return new Caller(SERVICE_ROLE, claims, null, false, null);
  }

  static Caller user(String claims, String userId, boolean admin) {
    return new Caller(USER_ROLE, claims, userId, admin, null);
  }

  static Caller of(JoinGrant join) {
    return new Caller(USER_ROLE, null, null, false, join);
  }

  /** The claims of a join token that opens this call: no sub, so that it is nobody's user. */
  static String claimsOf(UUID callId) {
    return "{\"role\":\"authenticated\",\"call_id\":\"" + callId + "\"}";
  }

  /** When its token runs out, the leeway of all tokens included; null where it never does. */
  public Instant expires() {
    Number seconds = join == null ? (Number) new JsonObject(claims).getValue("exp") : null;
    Instant expires = join != null ? join.expires() : null;
    if (seconds != null) {
      expires = Instant.ofEpochSecond(seconds.longValue());
    }
    return expires == null ? null : expires.plusSeconds(StrictJwt.LEEWAY_SECONDS);
  }

  /** Whether it is nobody in particular: a service, which may do what an operator may. */
  public boolean isService() {
    return join == null && userId == null;
  }

  /** Whether it may see what operators see. */
  public boolean operates() {
    return admin || role.equals(SERVICE_ROLE);
  }

  /**
   * Only agents and services tell what a whole session was.
   *
   * @throws dev.voiceledger.platform.ProblemException forbidden for everybody else
   */
  public void mayReport() {
    if (join != null ? !join.agent() : !role.equals(SERVICE_ROLE)) {
      throw Type.FORBIDDEN.because("for agents and services");
    }
  }

  /**
   * Runs the reading of a long list in one transaction. Operators see every row, and as the service
   * role the planner knows it too: the policies of a user would keep it from its indexes.
   */
  public <T> Uni<T> listing(Database database, Supplier<Uni<T>> work) {
    return operates() ? database.as(SERVICE_ROLE, SERVICE.claims, work) : in(database, work);
  }

  /**
   * Runs work in one transaction as this caller; what no policy lets through is not there.
   *
   * @throws IllegalStateException of a join token, which is nobody without a call
   */
  public <T> Uni<T> in(Database database, Supplier<Uni<T>> work) {
    if (join != null) {
      throw new IllegalStateException("a join token opens a call: ask CallAccess");
    }
    return userId == null
        ? database.as(role, claims, work)
        : database.as(role, claims, userId, work);
  }
}
