package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rows and cursors that nobody sane writes must not cost others their pages. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class OddRowsTest {
  private static final String CALLS = "/api/v1/calls";

  private final UUID ada = UUID.randomUUID();
  private final String admin = Tokens.user(claims -> claims.put("role", "admin"));

  TestDatabase database;

  @TestHTTPResource URI base;

  private void owned(String sid, String room) {
    new Rooms(base, room).began(sid, Tokens.now());
    database.asSuperuser("insert into users (id) values ('" + ada + "') on conflict do nothing");
    asService("update voice_calls set user_id = '" + ada + "' where room_sid = '" + sid + "'");
  }

  private void asService(String sql) {
    database.asSuperuser("set role service_role; " + sql);
  }

  /** What a user may do by SQL, where the database is open to users as Supabase's is. */
  private void asAda(String sql) {
    String claims = "{\"role\":\"authenticated\",\"sub\":\"" + ada + "\"}";
    database.asSuperuser(
        "begin; set local role authenticated; select set_config('request.jwt.claims', '"
            + claims
            + "', true); "
            + sql
            + "; commit");
  }

  @Test
  void invitations_that_are_no_list_become_one() {
    owned("RM_odd_invited", "odd-invited");
    UUID bob = UUID.randomUUID();
    String set = " where room_sid = 'RM_odd_invited'";
    asAda("update voice_calls set invited_user_ids = array[null, '" + bob + "'::uuid, null]" + set);
    Tokens.bearer(admin).get(CALLS).then().statusCode(200);
    Tokens.bearer(admin)
        .get(CALLS + "/odd-invited")
        .then()
        .statusCode(200)
        .body("invited_user_ids", contains(bob.toString()));
    asAda(
        "update voice_calls set invited_user_ids = array[array['"
            + bob
            + "'::uuid], array['"
            + bob
            + "'::uuid]]"
            + set);
    Tokens.bearer(admin)
        .get(CALLS + "/odd-invited")
        .then()
        .statusCode(200)
        .body("invited_user_ids", contains(bob.toString()));
  }

  @Test
  void somebody_without_an_identity_is_shown_by_sid() {
    long now = Tokens.now();
    Webhooks joined =
        Webhooks.participant(
            "participant_joined", "RM_odd_nobody", "odd-nobody", "PA_odd", "x", now * 1000, now);
    joined.participant().remove("identity");
    joined.participant().remove("name");
    new LiveKitSender(base).post(joined);
    Tokens.bearer(admin)
        .get(CALLS + "/active")
        .then()
        .statusCode(200)
        .body("data.participant_names.flatten()", hasItem("PA_odd"));
  }

  @Test
  void a_start_in_the_far_future_does_not_end_the_pages() {
    owned("RM_odd_start", "odd-start");
    asAda("insert into voice_calls (user_id, started_at) values ('" + ada + "', '20001-01-01')");
    String next =
        Tokens.bearer(Tokens.user(ada))
            .get(CALLS + "?limit=1")
            .then()
            .statusCode(200)
            .extract()
            .path("next_cursor");
    Tokens.bearer(Tokens.user(ada))
        .get(CALLS + "?limit=1&cursor=" + next)
        .then()
        .statusCode(200)
        .body("data", hasSize(1))
        .body("data[0].room_sid", equalTo("RM_odd_start"));
  }

  @Test
  void a_cursor_with_a_time_that_is_none_is_refused() {
    owned("RM_odd_cursor", "odd-cursor");
    String id = UUID.randomUUID().toString();
    refusesCursor(CALLS, "-started_at", "9999-99-99 99:99:99", id);
    refusesCursor(CALLS, "-started_at", "-999999999-01-01T00:00:00Z", id);
    refusesCursor(CALLS + "/active", "+999999999-01-01T00:00:00Z", id);
    refusesCursor(CALLS + "/odd-cursor/participants", "-999999999-01-01T00:00:00Z", "PA_x");
  }

  private void refusesCursor(String path, String... keys) {
    String cursor =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(String.join("\n", keys).getBytes(UTF_8));
    Tokens.bearer(admin)
        .get(path + "?cursor=" + cursor)
        .then()
        .statusCode(400)
        .body("errors[0].pointer", equalTo("cursor"));
  }

  @Test
  void an_owner_whose_token_writes_the_uuid_in_capitals_owns_the_call() {
    owned("RM_odd_capitals", "odd-capitals");
    Tokens.bearer(Tokens.user(claims -> claims.put("sub", ada.toString().toUpperCase())))
        .contentType("application/json")
        .body("{\"title\":\"mine\"}")
        .patch(CALLS + "/odd-capitals")
        .then()
        .statusCode(200)
        .body("title", equalTo("mine"));
  }

  @Test
  void numbers_that_nobody_changed_stay_as_they_were() {
    owned("RM_odd_numbers", "odd-numbers");
    asAda(
        "update voice_calls set metadata = '{\"n\": 12345678901234567890123.5}'"
            + " where room_sid = 'RM_odd_numbers'");
    String changed =
        Tokens.bearer(Tokens.user(ada))
            .contentType("application/json")
            .body("{\"metadata\":{\"other\":1}}")
            .patch(CALLS + "/odd-numbers")
            .then()
            .statusCode(200)
            .extract()
            .asString();
    assertTrue(changed.contains("12345678901234567890123.5"), changed);
  }

  @Test
  void a_row_that_somebody_holds_is_our_trouble_and_no_mystery() throws SQLException {
    owned("RM_odd_held", "odd-held");
    try (Connection holder = database.superuser()) {
      holder.setAutoCommit(false);
      holder
          .createStatement()
          .execute("select from voice_calls where room_sid = 'RM_odd_held' for update");
      Tokens.bearer(Tokens.user(ada))
          .contentType("application/json")
          .body("{\"title\":\"late\"}")
          .patch(CALLS + "/odd-held")
          .then()
          .statusCode(503)
          .body("type", equalTo("urn:voiceledger:problem:overloaded"));
      holder.rollback();
    }
  }
}
