package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.message.Messages;
import dev.voiceledger.start.RunningService;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * People who use the service beside a load, each with one call of their own: they read it, list
 * what they may see, ask for their neighbour's, say something, and LiveKit tells of them. Every
 * answer is judged: right, refused, or what must never be.
 */
final class Crowd implements AutoCloseable {
  private static final long AT = 1_790_000_000L;
  private static final int PAUSE_MS = 40;
  private static final String FAILED = "unexpected failure";

  /** A connection that broke between the commit and its answer: the ledger found it written. */
  private static final int CREATED_BEFORE = 200;

  private static final AtomicInteger CROWDS = new AtomicInteger();

  private final Api api;
  private final LiveKitSender livekit;
  private final String rooms = "RM_crowd" + CROWDS.incrementAndGet() + "_";
  private final List<String> ids = new ArrayList<>();
  private final List<String> tokens = new ArrayList<>();
  private final AtomicInteger said = new AtomicInteger();
  private final Collection<Tried> asked = new ConcurrentLinkedQueue<>();
  private final List<Future<?>> running = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean over;

  /** The service must be well: the people's calls begin. */
  Crowd(URI base, int people) {
    api = new Api(base);
    livekit = new LiveKitSender(base);
    for (int i = 0; i < people; i++) {
      ids.add(People.somebody());
      tokens.add(People.user(ids.get(i)));
      Webhooks started = Webhooks.roomStarted(rooms + i, rooms + i, AT * 1000, AT);
      if (livekit.post(started) != 200 || livekit.post(joined(i)) != 200) {
        throw new IllegalStateException("the service does not take webhooks");
      }
    }
  }

  private Webhooks joined(int person) {
    String room = rooms + person;
    return Webhooks.participant(
        "participant_joined", room, room, "PA_" + room, ids.get(person), AT * 1000, AT);
  }

  /** Each does one thing after the other until the end. */
  void begin() {
    for (int i = 0; i < ids.size(); i++) {
      int person = i;
      running.add(threads.submit(() -> live(person)));
    }
  }

  private void live(int person) {
    List<IntFunction<Tried>> ways =
        List.of(this::reads, this::lists, this::asksForAnothers, this::says, this::isTold);
    for (int i = person; !over; i++) {
      asked.add(ways.get(i % ways.size()).apply(person));
      pause(PAUSE_MS);
    }
  }

  static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Everybody does everything at once; what came of it. */
  List<Tried> all() {
    List<Supplier<Tried>> all = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      int person = i;
      all.add(() -> reads(person));
      all.add(() -> lists(person));
      all.add(() -> says(person));
      all.add(() -> isTold(person));
    }
    return Api.atOnce(all);
  }

  Tried reads(int person) {
    String room = rooms + person;
    return timed(
        "read",
        200,
        () -> api.get(tokens.get(person), Api.CALLS + "/" + room),
        answer -> room.equals(answer.at("/session_id")));
  }

  private Tried lists(int person) {
    return timed(
        "list",
        200,
        () -> api.get(tokens.get(person), Api.CALLS),
        answer ->
            answer.json().path("data").size() == 1
                && (rooms + person).equals(answer.at("/data/0/session_id")));
  }

  private Tried asksForAnothers(int person) {
    String other = rooms + (person + 1) % ids.size();
    return timed(
        "another's", 404, () -> api.get(tokens.get(person), Api.CALLS + "/" + other), _ -> true);
  }

  private Tried says(int person) {
    String body =
        "{\"room_sid\":\"%s\",\"role\":\"user\",\"segment_id\":\"%d\",\"content\":\"x\"}"
            .formatted(rooms + person, said.incrementAndGet());
    Set<Integer> taken = Set.of(201, CREATED_BEFORE);
    return timed("post", taken, () -> api.post(tokens.get(person), Messages.PATH, body), _ -> true);
  }

  private Tried isTold(int person) {
    byte[] body = joined(person).bytes();
    return timed(
        "webhook",
        200,
        () -> {
          var answer = livekit.send(body, LiveKitSender.sign(body));
          return new Answer(answer.statusCode(), answer.body(), answer.headers());
        },
        _ -> true);
  }

  private static Tried timed(
      String what, int wanted, Supplier<Answer> request, Predicate<Answer> isRight) {
    return timed(what, Set.of(wanted), request, isRight);
  }

  private static Tried timed(
      String what, Set<Integer> wanted, Supplier<Answer> request, Predicate<Answer> isRight) {
    long at = System.nanoTime();
    int status = 0;
    String wrong = null;
    try {
      Answer answer = request.get();
      status = answer.status();
      boolean right = wanted.contains(status) && isRight.test(answer);
      boolean retryAfter = answer.headers().firstValue("Retry-After").isPresent();
      if (!right && status != Tried.REFUSED || retryAfter && what.equals("webhook")) {
        wrong = what + ": " + status + " " + answer.body();
      }
    } catch (RuntimeException broken) {
      wrong = what + ": " + broken + " " + broken.getCause();
    }
    return new Tried(
        what, at, status, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - at), wrong);
  }

  /** All that was asked since {@link #begin}; to be called after the end. */
  List<Tried> end() throws Exception {
    over = true;
    for (Future<?> one : running) {
      one.get(60, TimeUnit.SECONDS);
    }
    running.clear();
    return List.copyOf(asked);
  }

  /** What must never be, of these, and what the service said of its own failures. */
  static void assertNoneWrong(Collection<Tried> all, RunningService service) throws IOException {
    List<String> wrong = all.stream().map(Tried::wrong).filter(Objects::nonNull).toList();
    String log =
        service.output().lines().filter(line -> line.contains(FAILED)).findFirst().orElse("");
    assertEquals(List.of(), wrong.stream().limit(3).toList(), log);
  }

  @Override
  public void close() {
    over = true;
    threads.shutdownNow();
  }
}
