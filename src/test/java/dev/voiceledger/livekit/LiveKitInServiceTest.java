package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.auth0.jwt.JWT;
import com.auth0.jwt.interfaces.DecodedJWT;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.access.Caller;
import dev.voiceledger.livekit.LiveKit.NewRoom;
import dev.voiceledger.livekit.TokenMint.Join;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.ProblemException;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** As the application has it: configured, and between two questions of one database session. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LiveKitInServiceTest {
  private static final Caller SERVICE =
      new Caller("service_role", "{\"role\":\"service_role\"}", null, false, null);

  @Inject LiveKit livekit;
  @Inject TokenMint mint;
  @Inject Database database;
  LiveKitDouble server;

  @AfterEach
  void mend() {
    server.works();
  }

  /** A session refuses to go on elsewhere than where it began. */
  private List<Object> around(String room) throws Throwable {
    return VertxContextSupport.subscribeAndAwait(() ->
        SERVICE.in(
            database,
            () ->
                one()
                    .chain(() -> livekit.createRoom(new NewRoom(room, null, 300, null, null, null)))
                    .<Object>map(LiveKit.Room::sid)
                    .onFailure(ProblemException.class)
                    .recoverWithItem(e -> ((ProblemException) e).problem().status())
                    .chain(told -> one().map(one -> List.of(told, one)))));
  }

  private static Uni<Object> one() {
    return Panache.getSession()
        .chain(session -> session.createNativeQuery("select 1", Object.class).getSingleResult());
  }

  @Test
  void a_session_goes_on_after_an_answer() throws Throwable {
    List<Object> told = around("in-service");

    assertEquals(List.of(server.rooms().get("in-service"), 1), told);
  }

  @Test
  void a_session_goes_on_after_a_failure() throws Throwable {
    server.neverAnswers();
    assertEquals(List.of(502, 1), around("silent"));
    server.down();
    assertEquals(List.of(502, 1), around("away"));
  }

  @Test
  void a_token_lives_as_long_as_is_configured() {
    DecodedJWT token =
        JWT.decode(mint.mint(new Join(UUID.randomUUID(), "r", "ann", null, null, null, null)));

    assertEquals(FreshDatabase.LIVEKIT_API_KEY, token.getIssuer());
    assertEquals(
        15 * 60,
        token.getExpiresAtAsInstant().getEpochSecond()
            - token.getIssuedAtAsInstant().getEpochSecond());
  }
}
