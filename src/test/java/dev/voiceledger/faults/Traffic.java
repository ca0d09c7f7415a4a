package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Requests;
import dev.voiceledger.load.Shot;
import dev.voiceledger.load.Shot.Kind;
import dev.voiceledger.message.Messages;
import dev.voiceledger.message.Workload;
import dev.voiceledger.webhook.CallGenerator;
import dev.voiceledger.webhook.Oracle;
import dev.voiceledger.webhook.Rows;
import dev.voiceledger.webhook.Webhooks;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What a busy installation is asked: webhooks of random calls, shuffled and with two in a hundred
 * sent twice; messages of other calls; reads of both. Made ahead, batch after batch, from a seed,
 * so that in the end the oracle can be asked about each batch without having kept them.
 */
final class Traffic implements AutoCloseable {
  static final List<Kind> RHYTHM =
      List.of(
          Kind.READ,
          Kind.WEBHOOK,
          Kind.READ,
          Kind.READ,
          Kind.POST,
          Kind.READ,
          Kind.WEBHOOK,
          Kind.READ,
          Kind.READ,
          Kind.READ);

  private static final int LINES = 16;
  private static final int ROOMS = 50;
  private static final int EVENTS = 1_000;
  private static final int TWICE = EVENTS * 2 / 100;
  private static final int MESSAGES = 60;

  /** So many that none of them has more reads under way than one may. */
  private static final int PERSONS = 64;

  private static final int CALLS_READ = 64;
  private static final long TOKENS_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final String INSERT =
      """
      with person as (insert into users (id) values (?::uuid) on conflict do nothing)
      insert into voice_calls (session_id, user_id) values (gen_random_uuid(), ?::uuid)
      returning id\
      """;

  private final TestDatabase database;
  private final String name;
  private final long seed;
  private final List<String> persons = new ArrayList<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Feed webhooks;
  private final Feed posts;
  private final Random reads;
  private List<byte[]> toRead = List.of();
  private long readNanos;

  /**
   * @param ahead so many webhooks, and half as many posts, are there before the first is sent
   */
  Traffic(TestDatabase database, String name, Random random, int ahead)
      throws InterruptedException {
    this.database = database;
    this.name = name;
    this.seed = random.nextInt(1_000_000);
    this.reads = new Random(seed);
    for (int i = 0; i < PERSONS; i++) {
      persons.add(People.somebody());
    }
    webhooks = new Feed(ahead, this::webhooks);
    posts = new Feed(Math.max(1, ahead / 2), this::posts);
    webhooks.filled();
    posts.filled();
  }

  /** What a {@link Blend} asks for. */
  Map<Kind, Supplier<byte[]>> requests() {
    return Map.of(Kind.WEBHOOK, webhooks, Kind.POST, posts, Kind.READ, this::read);
  }

  /** Brings what is left of the batches under way, and what others lost, until it is taken. */
  void finish(URI base, List<Shot> lost) throws IOException {
    List<byte[]> rest = new ArrayList<>(lost.stream().map(Shot::request).toList());
    rest.addAll(webhooks.rest());
    rest.addAll(posts.rest());
    try (Load load = new Load(base, LINES)) {
      Drain drain = new Drain(rest);
      load.run(drain);
      assertEquals(0, drain.refused(), "taken in the end");
    }
  }

  private String prefix(int batch) {
    return name + "." + batch + ".";
  }

  private List<Webhooks> events(int batch) {
    return new CallGenerator(seed + batch, prefix(batch)).events(EVENTS, ROOMS);
  }

  private List<byte[]> webhooks(int batch) {
    Random random = new Random(seed + batch);
    List<byte[]> bodies = new ArrayList<>(events(batch).stream().map(Webhooks::bytes).toList());
    for (int i = 0; i < TWICE; i++) {
      bodies.add(bodies.get(random.nextInt(EVENTS)));
    }
    Collections.shuffle(bodies, random);
    return bodies.stream().map(Requests::webhook).toList();
  }

  private Workload said(int batch) {
    return new Workload(new Random(seed + batch), "S", MESSAGES);
  }

  private List<byte[]> posts(int batch) {
    String person = persons.get(batch % PERSONS);
    String call = Tables.text(database, INSERT, person, person);
    calls.add(call);
    String token = People.service();
    return Workload.batches(new Random(batch), call, said(batch).posts(), 1).stream()
        .map(body -> Requests.post(token, Messages.PATH, body))
        .toList();
  }

  private byte[] read() {
    if (toRead.isEmpty() || System.nanoTime() - readNanos > TOKENS_NANOS) {
      readNanos = System.nanoTime();
      toRead = reading();
    }
    return toRead.get(reads.nextInt(toRead.size()));
  }

  private List<byte[]> reading() {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < Math.min(CALLS_READ, calls.size()); i++) {
      String token = People.user(persons.get(i % PERSONS));
      String path = "/api/v1/calls/" + calls.get(i);
      all.add(Requests.get(token, "/api/v1/calls?limit=20"));
      all.add(Requests.get(token, path));
      all.add(Requests.get(token, path + "/messages?limit=50"));
    }
    return all;
  }

  /** Every row is the oracle's; answers what was compared, in words. */
  String check() {
    for (int batch = 0; batch < webhooks.batches(); batch++) {
      List<Webhooks> events = events(batch);
      Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_" + prefix(batch) + "%"));
      Rows.assertSame(
          Oracle.inbox(events, CallGenerator.SECRET),
          Rows.ofInbox(database, "EV_" + prefix(batch) + "%"));
    }
    for (int batch = 0; batch < posts.batches(); batch++) {
      var stands = Workload.stands(said(batch).posts());
      String call = calls.get(batch);
      assertEquals(Workload.totals(stands.values()), Messages.totals(database, call));
      assertEquals(Messages.sums(database, call), Messages.totals(database, call));
      Messages.assertWithoutGaps(database, call, stands.size());
    }
    return "%d events of %d rooms, %d messages of %d calls: all rows are the oracle's"
        .formatted(
            webhooks.batches() * EVENTS,
            webhooks.batches() * ROOMS,
            posts.batches() * MESSAGES,
            posts.batches());
  }

  @Override
  public void close() {
    webhooks.close();
    posts.close();
  }
}
