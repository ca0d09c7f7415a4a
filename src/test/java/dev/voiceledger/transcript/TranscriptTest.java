package dev.voiceledger.transcript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /api/v1/calls/{id}/transcript}: who reads it, in what order, and how it ends. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class TranscriptTest {
  private static final int LONG = 3_000;
  private static final int HANG_UPS = 40;
  private static final int POOL = 8;

  private static final String PEOPLE =
      """
      insert into call_participants (call_id, participant_sid, participant_identity,
        participant_name, kind, joined_at)
      select ?::uuid, s, i, n, k, timestamptz '2026-05-01 10:00Z' from (values
        ('PA_1', 'ann', 'Ann', 'STANDARD'), ('PA_2', 'bot', 'Booking', 'AGENT'),
        ('PA_3', 'EG_1', 'Recorder', 'EGRESS'), ('PA_4', 'ann', '', 'STANDARD')) p (s, i, n, k)\
      """;

  private static final String SAID =
      """
      insert into voice_messages (call_id, sequence_number, segment_id, role, content,
        "timestamp", participant_identity, interrupted, metadata)
      select ?::uuid, n, n, r::message_role, t,
        timestamptz '2026-05-01 10:00Z' + s * interval '1 s',
        i, x, m::jsonb
      from (values
        (1, 'assistant', 'Hello', 2, 'bot', false, '{}'),
        (2, 'user', 'I want', 5, 'ann', true, '{}'),
        (3, 'user', 'late', 3, 'cid', false, '{}'),
        (4, 'function', '{"name":"f"}', 6, 'bot', false, '{}'),
        (5, 'user', 'measured', 10, null, false,
          '{"metrics": {"started_speaking_at": 1777629604.5,
            "stopped_speaking_at": 1777629609}}')
      ) v (n, r, t, s, i, x, m)\
      """;

  private static final String MANY =
      """
      insert into voice_messages (call_id, sequence_number, segment_id, role, content)
      select ?::uuid, n, n, 'user', 'line ' || n || repeat(' word', 100)
      from generate_series(1, ?) n\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;
  @Inject Pool pool;

  private final String owner = People.somebody();
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    id = api.made(People.user(owner), "{\"title\":\"Refund\"}").get("id").asText();
  }

  private Answer read(String token, String format) {
    return api.get(token, Api.CALLS + "/" + id + "/transcript?format=" + format);
  }

  @Test
  void turns_stand_in_the_order_in_which_they_were_said() {
    Tables.write(database, PEOPLE, id);
    Tables.write(database, SAID, id);
    String text = api.get(People.user(owner), Api.CALLS + "/" + id + "/transcript").is(200).body();
    assertEquals(
        """
        Refund
        Date: 2026-05-01T10:00:00.000Z
        Participants: Ann, Booking (agent)

        [00:00:02] Booking: Hello
        [00:00:03] cid: late
        [00:00:04] user: measured
        [00:00:05] Ann: I want [interrupted]
        [00:00:06] function: {"name":"f"}
        """,
        text);
    JsonNode json = read(People.user(owner), "json").is(200).json();
    assertEquals(
        "[4500,9000]",
        json.at("/turns/2")
            .findValues("start_ms")
            .toString()
            .replace("]", "," + json.at("/turns/2/end_ms") + "]"));
    List<Subtitles.Cue> cues = Subtitles.vtt(read(People.service(), "vtt").is(200).body());
    assertEquals(List.of("1", "3", "5", "2"), cues.stream().map(Subtitles.Cue::name).toList());
    assertEquals(9_000, cues.get(2).endMs());
    assertEquals(4, Subtitles.srt(read(People.service(), "srt").is(200).body()).size());
  }

  @ParameterizedTest
  @CsvSource({
    "text, text/plain; charset=utf-8, txt",
    "markdown, text/markdown; charset=utf-8, md",
    "vtt, text/vtt; charset=utf-8, vtt",
    "srt, application/x-subrip; charset=utf-8, srt",
    "json, application/json, json"
  })
  void every_format_has_its_type_and_a_safe_name(String format, String type, String extension) {
    Answer answer = read(People.user(owner), format).is(200);
    assertEquals(List.of(type), answer.headers().allValues("content-type"));
    assertEquals(
        List.of("attachment; filename=\"transcript-" + id + "." + extension + "\""),
        answer.headers().allValues("content-disposition"));
    String path = Api.CALLS + "/" + id + "/transcript?format=" + format;
    Answer head = api.send("HEAD", People.user(owner), path, null).is(200);
    assertEquals("", head.body());
    assertEquals(List.of(type), head.headers().allValues("content-type"));
    api.send("GET", People.user(owner), path, null, "Accept", "image/png").is(200);
  }

  @Test
  void whoever_may_see_the_call_reads_it_and_nobody_else() {
    Answer stranger = read(People.user(People.somebody()), "text").is(404, "call-not-found");
    String own = id;
    id = People.somebody();
    assertEquals(stranger.body(), read(People.user(owner), "text").is(404).body());
    id = own;
    read(null, "text").is(401, "unauthorized");
    read(People.admin(), "text").is(200);
    String guest = People.somebody();
    api.patch(People.user(owner), id, "{\"invited_user_ids\":[\"" + guest + "\"]}").is(200);
    read(People.user(guest), "json").is(200);
    String room = api.get(People.user(owner), Api.CALLS + "/" + id).at("/room_name");
    read(People.join(room, "ann"), "vtt").is(200);
    read(People.join("another", "ann"), "vtt").is(404, "call-not-found");
    read(People.user(owner), "pdf").isWrong("format");
    read(People.user(owner), "").isWrong("format");
  }

  @ParameterizedTest
  @CsvSource({"text", "markdown", "vtt", "srt", "json"})
  void a_long_call_is_whole_in_every_format(String format) {
    Tables.write(database, MANY, id, LONG);
    String body = read(People.user(owner), format).is(200).body();
    int last = 0;
    for (int n = 1; n <= LONG; n++) {
      last = body.indexOf("line " + n + " word", last);
      assertTrue(last >= 0, "line " + n);
    }
  }

  /** They are made a few at a time: whoever waits comes to it. */
  @Test
  void the_longest_texts_come_whole_however_many_read_them() {
    Tables.write(database, MANY, id, 1);
    String longer = "update voice_messages set content = repeat('ש', 2000000)";
    Tables.write(database, longer + " where call_id = ?::uuid", id);
    Supplier<Integer> reader = () -> read(People.user(owner), "text").is(200).body().length();
    for (int length : Api.atOnce(Collections.nCopies(6, reader))) {
      assertTrue(length > 2_000_000, "" + length);
    }
  }

  /** The call is erased while it is read: the reader must not take a part for the whole. */
  @Test
  void what_is_cut_short_does_not_end_like_a_whole() throws Exception {
    Tables.write(database, MANY, id, 40_000);
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(Api.CALLS + "/" + id + "/transcript"))
            .header("Authorization", "Bearer " + People.user(owner))
            .build();
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(http.send(request, BodyHandlers.ofInputStream()).body()))) {
      assertTrue(reader.readLine().startsWith("Refund"));
      Tables.write(database, "delete from voice_calls where id = ?::uuid", id);
      assertThrows(
          IOException.class,
          () -> {
            try (Stream<String> lines = reader.lines()) {
              lines.forEach(line -> {});
            } catch (UncheckedIOException e) {
              throw e.getCause();
            }
          });
    }
  }

  /** Whoever hangs up in the middle leaves no connection to the database behind. */
  @Test
  void those_who_hang_up_take_nothing_with_them() throws Exception {
    Tables.write(database, MANY, id, LONG);
    String request =
        "GET /api/v1/calls/%s/transcript HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(id, People.user(owner));
    for (int i = 0; i < HANG_UPS; i++) {
      try (Socket socket = new Socket(base.getHost(), base.getPort())) {
        socket.setSoLinger(true, 0);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        if (i % 2 == 0) {
          socket.getInputStream().read();
        }
      }
    }
    List<Future<SqlConnection>> all = Stream.generate(pool::getConnection).limit(POOL).toList();
    for (Future<SqlConnection> each : all) {
      each.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
    for (Future<SqlConnection> each : all) {
      each.result().close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
    assertEquals(LONG, read(People.user(owner), "text").is(200).body().split(": line ").length - 1);
  }
}
