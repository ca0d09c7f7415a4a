package dev.voiceledger.message;

import dev.voiceledger.access.Caller;
import dev.voiceledger.access.Limits;
import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Lanes;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.message.Targets.Asking;
import dev.voiceledger.message.Targets.Target;
import dev.voiceledger.platform.Problem;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** From posts to the ledger: which call each belongs to, and as whom the caller posts in it. */
@ApplicationScoped
public class Posting {
  /** Of one post; a service may name as many as it has messages. */
  private static final int CALLS_MAX = 50;

  /**
   * Of looking up and writing together, each of which has a bound of its own; what is written all
   * the same is there when its sender comes again.
   */
  private static final Duration ANSWER_MAX = Duration.ofMillis(4_800);

  private final Targets targets;
  private final Limits limits;
  private final Lanes<Post, Stored> posts;

  Posting(Targets targets, Ledger ledger, Limits limits) {
    this.targets = targets;
    this.limits = limits;
    this.posts = ledger.lanes(new Posts());
  }

  /**
   * The call that is meant, as far as the caller may post in it.
   *
   * @param call its uuid, session_id, room sid or the name of its room
   * @return empty where there is none for this caller
   */
  public Uni<Optional<UUID>> call(Caller caller, String call) {
    return targets.of(targets.asking(caller), call).map(found -> found.map(Target::callId));
  }

  /**
   * Writes all messages, each in the group that takes it; what is refused fails nobody else.
   *
   * @return one for each, in their order; what was refused is among them
   */
  public Uni<List<Stored>> post(Caller caller, List<Said> messages) {
    List<String> calls = messages.stream().map(Said::call).distinct().toList();
    bound(caller, calls.size());
    Asking asking = targets.asking(caller);
    Uni<List<Stored>> stored = stored(asking, calls, messages);
    return calls.size() > CALLS_MAX
        ? stored
        : stored
            .ifNoItem()
            .after(ANSWER_MAX)
            .failWith(() -> Type.DATABASE_UNAVAILABLE.because(null));
  }

  private Uni<List<Stored>> stored(Asking asking, List<String> calls, List<Said> messages) {
    return Multi.createFrom()
        .iterable(calls)
        .onItem()
        .transformToUniAndConcatenate(
            call -> targets.ofPost(asking, call).map(found -> Map.entry(call, found)))
        .collect()
        .asMap(Map.Entry::getKey, Map.Entry::getValue)
        .invoke(found -> count(asking.caller(), messages, found))
        .chain(found -> {
          Shown shown = new Shown();
          Uni<List<Stored>> stored = written(messages, found, shown);
          return asking.caller().isService()
              ? stored.chain(first -> told(new Written(messages, found, shown, first)))
              : stored;
        });
  }

  /** What became of all messages of a post at first. */
  private record Written(
      List<Said> messages, Map<String, Optional<Target>> found, Shown shown, List<Stored> stored) {}

  /** A service was believed that its calls are there; of those that are not some can be made. */
  private Uni<List<Stored>> told(Written first) {
    List<Integer> places =
        IntStream.range(0, first.stored.size())
            .filter(i -> first.stored.get(i) == Stored.NOWHERE)
            .filter(i -> RoomSid.is(first.messages.get(i).call()))
            .boxed()
            .toList();
    return Multi.createFrom()
        .iterable(places.stream().map(i -> first.messages.get(i).call()).distinct().toList())
        .onItem()
        .transformToUniAndConcatenate(call -> made(call).map(trouble -> Map.entry(call, trouble)))
        .collect()
        .asMap(Map.Entry::getKey, Map.Entry::getValue)
        .chain(troubles -> again(first, places, troubles));
  }

  /** Empty where it is made, or erased; else why not: others that are on disk are to be told so. */
  private Uni<Optional<Problem>> made(String call) {
    return targets
        .made(CallFacts.of(RoomSid.callId(call), call, null))
        .map(made -> Optional.<Problem>empty())
        .onFailure(ProblemException.class)
        .recoverWithItem(why -> Optional.of(((ProblemException) why).problem()));
  }

  /** Those alone that were nowhere: what has no id of its own would be there twice. */
  private Uni<List<Stored>> again(
      Written first, List<Integer> places, Map<String, Optional<Problem>> troubles) {
    List<Stored> all = new ArrayList<>(first.stored);
    List<Integer> open = new ArrayList<>();
    for (int place : places) {
      troubles
          .get(first.messages.get(place).call())
          .ifPresentOrElse(why -> all.set(place, Stored.refused(why)), () -> open.add(place));
    }
    if (open.isEmpty()) {
      return Uni.createFrom().item(all);
    }
    return written(open.stream().map(first.messages::get).toList(), first.found, first.shown)
        .map(stored -> {
          for (int i = 0; i < open.size(); i++) {
            all.set(open.get(i), stored.get(i));
          }
          return all;
        });
  }

  /** Before any is looked up: each further call of a post counts like a message. */
  private void bound(Caller caller, int calls) {
    if (calls > CALLS_MAX && !caller.isService()) {
      throw Type.INVALID_FIELDS.at("/messages", "of at most " + CALLS_MAX + " calls");
    }
    if (!isTrusted(caller)) {
      limits.messages(caller, calls - 1, false);
    }
  }

  /** Agents and services post as fast as the ledger takes it. Into unknown calls is no way out. */
  private void count(Caller caller, List<Said> messages, Map<String, Optional<Target>> found) {
    if (isTrusted(caller)) {
      return;
    }
    int[] byRank = new int[Poster.TRUSTED + 1];
    for (Said said : messages) {
      Optional<Target> target = found.get(said.call());
      byRank[target.map(one -> one.poster().rank()).orElse(Poster.PARTICIPANT)]++;
    }
    limits.messages(caller, byRank[Poster.PARTICIPANT], false);
    limits.messages(caller, byRank[Poster.OWNER], true);
  }

  private Uni<List<Stored>> written(
      List<Said> messages, Map<String, Optional<Target>> found, Shown shown) {
    List<Post> admissible =
        messages.stream()
            .filter(said -> found.get(said.call()).isPresent())
            .map(said -> {
              Target target = found.get(said.call()).get();
              return Post.of(target.callId(), said, target.poster());
            })
            .toList();
    return posts
        .admitted(admissible, Stored::refused, shown)
        .map(stored -> {
          Iterator<Stored> each = stored.iterator();
          return messages.stream()
              .map(said -> found.get(said.call()).isPresent() ? each.next() : Stored.NOWHERE)
              .toList();
        });
  }

  private static boolean isTrusted(Caller caller) {
    return caller.isService() || caller.join() != null && caller.join().agent();
  }
}
