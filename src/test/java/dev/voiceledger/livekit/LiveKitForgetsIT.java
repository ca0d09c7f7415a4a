package dev.voiceledger.livekit;

import static dev.voiceledger.FreshDatabase.LIVEKIT_API_KEY;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.faults.Scenario;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.People.Joined;
import dev.voiceledger.livekit.People.Ticket;
import dev.voiceledger.start.RunningService;
import dev.voiceledger.webhook.Webhooks;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real LiveKit server that is killed, and a service that was away: what the rows say afterwards
 * is held against what LiveKit's own SDK lists and what people did.
 */
class LiveKitForgetsIT {
  private static final String NAME = "real LiveKit";
  private static final int ROOMS = Scenario.pick(3, 12);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** Of this machine, which also runs the server, the clients and the database. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private static final Duration WAIT_MAX = Duration.ofSeconds(90);
  private static final int TWO_PERIODS = 4;
  private static final int ANNOUNCED_PASSES = 20;
  private static final Duration OUTAGE = Duration.ofSeconds(20);
  private static final int POLL_MS = 50;

  private final TestDatabase database = TestDatabases.on18().fresh();
  private final int port = RunningService.freePort();
  private LiveKitServer livekit;
  private RunningService service;
  private People people;

  @BeforeEach
  void start() throws Exception {
    URI webhooks = URI.create("http://localhost:" + port + "/webhooks/livekit");
    livekit = LiveKitServer.start(LiveKitInstallation.orSkip(), webhooks);
    service = service();
    people = livekit.people();
  }

  private RunningService service() throws Exception {
    return RunningService.start(
        database,
        Map.of(
            "PORT",
            Integer.toString(port),
            "LIVEKIT_URL",
            livekit.url(),
            "RECONCILE_INTERVAL",
            PERIOD.toSeconds() + "s"));
  }

  @AfterEach
  void stop() throws Exception {
    if (people != null) {
      people.close();
    }
    if (service != null) {
      service.close();
    }
    if (livekit != null) {
      livekit.close();
    }
  }

  private Joined join(String room, String identity) throws IOException {
    long exp = Instant.now().getEpochSecond() + 600;
    String claims =
        """
        {"iss":"%s","sub":"%s","exp":%d,"video":{"roomJoin":true,"room":"%s"}}\
        """
            .formatted(LIVEKIT_API_KEY, identity, exp, room);
    String token = Webhooks.jwt("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, LIVEKIT_API_SECRET);
    return people.join(identity, new Ticket(livekit.url(), token));
  }

  @Test
  void a_crash_of_livekit_ends_what_it_forgot_and_nothing_else() throws Exception {
    List<Joined> before = new ArrayList<>();
    for (int i = 0; i < ROOMS; i++) {
      before.add(join("room " + i, "ada" + i));
    }
    join("room 0", "bob");
    agree("announced", ANNOUNCED_PASSES);
    TimeUnit.MILLISECONDS.sleep(PERIOD.toMillis()); // a listing has seen all of them
    final Instant crash = Instant.now();

    livekit = livekit.killedAndStartedAgain();
    people.close();
    people = livekit.people();
    for (int i = 0; i < ROOMS; i += 2) {
      String again = join("room " + i, "ada" + i).roomSid();
      assertTrue(!again.equals(before.get(i).roomSid()));
    }
    agree("after the crash", TWO_PERIODS);

    for (Joined one : before) {
      assertEndedAbout(crash, one.roomSid());
    }
    TimeUnit.MILLISECONDS.sleep(PERIOD.multipliedBy(2).toMillis());
    agree("two periods later", 0);
    Scenario.says(
        NAME,
        "%d calls of a server killed with -9 are over; %d of their rooms were entered again"
            .formatted(before.size(), (ROOMS + 1) / 2));
  }

  private void assertEndedAbout(Instant crash, String sid) {
    assertEquals("completed reconciled", ended(sid));
    Instant ended = Instant.ofEpochMilli(Long.parseLong(endedAt(sid)));
    boolean about = !ended.isAfter(crash) && ended.isAfter(crash.minus(PERIOD.plus(SLACK)));
    assertTrue(about, sid + " ended at " + ended + ", crash at " + crash);
  }

  @Test
  void what_webhooks_could_not_tell_is_found() throws Exception {
    join("stays", "ada");
    Joined left = join("stays", "bob");
    Joined over = join("over", "cid");
    agree("announced", ANNOUNCED_PASSES);
    people.mute("stays", "ada", people.speak("ada"));
    Map<String, ?> said = Map.of("name", "Ada", "metadata", "m", "attributes", Map.of("k", "v"));
    people.describe("stays", "ada", said);
    agree("muted and renamed", TWO_PERIODS);

    service.close();
    service = null;
    assertNull(Tables.text(database, "select holder from reconciler"), "the turn is given back");
    final Instant away = Instant.now();
    people.leave("bob");
    people.leave("cid");
    join("stays", "dan");
    join("new", "eve");
    TimeUnit.MILLISECONDS.sleep(OUTAGE.toMillis());
    final Instant back = Instant.now();
    service = service();
    agree("after the outage", TWO_PERIODS);

    assertEquals("completed", ended(over.roomSid()).split(" ")[0]);
    assertBetween(away, back, endedAt(over.roomSid()));
    assertBetween(away, back, leftAt(left.roomSid(), "bob"));
    assertEquals("2", count(left.roomSid(), "left_at is null"));
    assertStaysSo();
  }

  private void assertStaysSo() throws Exception {
    TimeUnit.MILLISECONDS.sleep(PERIOD.multipliedBy(3).toMillis());
    agree("later", 0);
    assertEquals(
        "0", Tables.text(database, "select count(*) from webhook_events where state = 'failed'"));
  }

  /** A listing saw them last before the outage, or a webhook told of them after it. */
  private static void assertBetween(Instant away, Instant back, String millis) {
    Instant at = Instant.ofEpochMilli(Long.parseLong(millis));
    assertTrue(at.isAfter(away.minus(PERIOD.plus(SLACK))) && at.isBefore(back), at + " of " + away);
  }

  private String ended(String sid) {
    return Tables.text(
        database, "select status || ' ' || end_reason from voice_calls where room_sid = ?", sid);
  }

  private String endedAt(String sid) {
    return Tables.text(
        database,
        "select floor(extract(epoch from ended_at) * 1000)::bigint from voice_calls"
            + " where room_sid = ?",
        sid);
  }

  private String leftAt(String sid, String identity) {
    return Tables.text(
        database,
        "select floor(extract(epoch from p.left_at) * 1000)::bigint from call_participants p"
            + " join voice_calls c on c.id = p.call_id"
            + " where c.room_sid = ? and p.participant_identity = ?",
        sid,
        identity);
  }

  private String count(String sid, String which) {
    return Tables.text(
        database,
        "select count(*) from call_participants p join voice_calls c on c.id = p.call_id"
            + " where c.room_sid = ? and p."
            + which,
        sid);
  }

  /**
   * Rows and LiveKit say the same of what is open, after so many passes at the latest. Periods are
   * counted, not timed: between two passes there is half of one at least.
   */
  private void agree(String when, int passesMax) throws Exception {
    final long start = System.nanoTime();
    final double before = passes();
    while (true) {
      final double done = passes() - before;
      Map<String, List<String>> rooms = OpenRooms.listed(people);
      Map<String, List<String>> rows = OpenRooms.rows(database);
      long took = System.nanoTime() - start;
      if (rows.equals(rooms)) {
        Scenario.says(
            NAME,
            "%s: %d open rooms and their people agree after %d ms, %.0f passes"
                .formatted(when, rows.size(), took / 1_000_000, passes() - before));
        return;
      }
      if (done >= passesMax || took > WAIT_MAX.toNanos()) {
        assertEquals(rooms, rows, when + "; the service said: " + service.output());
        throw new TimeoutException(when);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  /** How often all was compared to the end. */
  private double passes() {
    String metrics = given().baseUri("http://localhost:" + port).get("/q/metrics").asString();
    return metrics
        .lines()
        .filter(line -> line.startsWith("voiceledger_reconciler_passes_total{result=\"done\"}"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}
