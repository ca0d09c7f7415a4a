package dev.voiceledger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** The service as its launcher starts it, without a LiveKit to compare its rows with. */
final class ServiceSubject implements Subject {
  /** Whole: ended, both who took part known, messages numbered without a gap, totals exact. */
  private static final String CALLS =
      """
      select count(*) from voice_calls c
      where room_sid like '%s' and status = 'completed' and duration_seconds = 61
        and participant_count = 2 and agent_name = 'agent-7' and message_count = %d
        and total_tokens_used = %d
        and 2 = (select count(*) from call_participants p
          where p.call_id = c.id and p.duration_seconds = 60)
        and (select array_agg(m.sequence_number order by m.sequence_number) from voice_messages m
          where m.call_id = c.id) = (select array_agg(n) from generate_series(1, %2$d) n)\
      """;

  private static final String EVENTS =
      "select count(*) from webhook_events where room_sid like '%s' and state = 'applied'";

  private final TestDatabase database;
  private final RunningService service;

  ServiceSubject(TestDatabase database) throws IOException, InterruptedException {
    this.database = database;
    this.service = RunningService.start(database, Map.of("SERVICE_TOKENS", SERVICE_TOKEN));
  }

  @Override
  public URI base() {
    return URI.create("http://127.0.0.1:" + service.port);
  }

  @Override
  public TestDatabase database() {
    return database;
  }

  @Override
  public long pid() {
    return service.process.pid();
  }

  @Override
  public double startSeconds() {
    return service.startTime.toMillis() / 1e3;
  }

  @Override
  public String check(String rooms, int calls) {
    String like = rooms.replace("_", "\\_") + "%";
    assertEquals(
        calls * CallStream.WEBHOOKS_A_CALL, Meter.number(database, EVENTS.formatted(like)));
    String whole = CALLS.formatted(like, CallStream.MESSAGES_A_CALL, CallStream.tokensOfACall());
    assertEquals(calls, Meter.number(database, whole));
    return "";
  }

  @Override
  public void close() {
    service.close();
  }
}
