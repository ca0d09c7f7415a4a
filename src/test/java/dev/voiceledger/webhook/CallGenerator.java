package dev.voiceledger.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Random calls as LiveKit would tell them: people, agents, telephones, recorders, second devices,
 * tracks, egress; some never joined, some aborted, some that lost an event, some started again;
 * room names used again. The same seed gives the same events.
 */
public final class CallGenerator {
  public static final String SECRET = "a-turn-password-of-this-room";
  private static final String[] KINDS = {
    null, null, null, null, "SIP", "AGENT", "AGENT", "EGRESS", "INGRESS", "CONNECTOR"
  };
  private static final String[] REASONS = {
    null, "CLIENT_INITIATED", "DUPLICATE_IDENTITY", "PARTICIPANT_REMOVED", "ROOM_DELETED"
  };
  private static final String[] LAST_STATUSES = {
    "EGRESS_COMPLETE", "EGRESS_FAILED", "EGRESS_ABORTED", "EGRESS_LIMIT_REACHED"
  };

  private final Random random;
  private final String prefix;
  private final List<Webhooks> events = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();

  // The prefix is that of all sids, event ids and room names.
  public CallGenerator(long seed, String prefix) {
    this.random = new Random(seed);
    this.prefix = prefix;
  }

  /** So many events of so many rooms, in the order in which they happened in each. */
  public List<Webhooks> events(int count, int rooms) {
    for (int i = 0; i < rooms; i++) {
      Call call = new Call("RM_" + prefix + i, prefix + " room " + i % (rooms * 2 / 3));
      calls.add(call);
      call.happen();
    }
    if (events.size() > count) {
      throw new IllegalStateException(events.size() + " events: the calls are too eventful");
    }
    while (events.size() < count) {
      calls.get(random.nextInt(rooms)).track();
    }
    for (int i = 0; i < count; i++) {
      events.get(i).id("EV_" + prefix + i);
    }
    return events;
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private <T> T one(T[] of) {
    return of[random.nextInt(of.length)];
  }

  private final class Call {
    private final String sid;
    private final String name;
    private final long createdMs;
    private final List<String> identities = new ArrayList<>();
    private long now;
    private int sids;

    private Call(String sid, String name) {
      this.sid = sid;
      this.name = name;
      this.now = 1_790_000_000L + random.nextInt(1_000_000);
      this.createdMs = now * 1000 + random.nextInt(1000);
    }

    private void happen() {
      if (chance(0.97)) {
        add(Webhooks.roomStarted(sid, name, createdMs, now));
      }
      for (int people = chance(0.06) ? 0 : 1 + random.nextInt(5); people > 0; people--) {
        visit();
      }
      for (int egresses = chance(0.3) ? 1 + random.nextInt(2) : 0; egresses > 0; egresses--) {
        egress();
      }
      if (chance(0.1)) {
        outside();
      }
      if (chance(0.9)) {
        add(Webhooks.roomFinished(sid, name, createdMs, later()));
      }
      if (chance(0.05)) {
        startedAgain();
      }
    }

    private long later() {
      now += random.nextInt(3) * random.nextInt(20);
      return now;
    }

    private void add(Webhooks event) {
      if (!event.json().has("track") && !event.json().has("egressInfo")) {
        event.room().put("creationTimeMs", Long.toString(createdMs));
        event.room().put("creationTime", Long.toString(createdMs / 1000));
        event.room().put("turnPassword", SECRET);
        if (chance(0.7)) {
          event.room().put("metadata", "as of " + random.nextInt(3));
        }
      }
      events.add(event);
    }

    private void visit() {
      String identity =
          !identities.isEmpty() && chance(0.2)
              ? one(identities.toArray(String[]::new))
              : newIdentity();
      String participant = "PA_" + sid + "_" + sids++;
      String kind = one(KINDS);
      boolean recorder = chance(0.05);
      long joinedMs = later() * 1000 - random.nextInt(700);
      boolean aborted = chance(0.1);
      if (!aborted && chance(0.95)) {
        add(person("participant_joined", participant, identity, kind, recorder, joinedMs));
      }
      for (int tracks = random.nextInt(4); !aborted && tracks > 0; tracks--) {
        String event = chance(0.5) ? "track_published" : "track_unpublished";
        add(Webhooks.track(event, sid, name, participant, identity, later()));
      }
      later();
      if (aborted || chance(0.9)) {
        String event = aborted ? "participant_connection_aborted" : "participant_left";
        add(person(event, participant, identity, kind, recorder, joinedMs));
      }
    }

    private String newIdentity() {
      String uuid = new UUID(random.nextLong(), random.nextLong()).toString();
      String identity =
          switch (random.nextInt(4)) {
            case 0 -> uuid;
            case 1 -> uuid + ":phone";
            default -> prefix + "-person-" + random.nextInt(1_000_000);
          };
      identities.add(identity);
      return identity;
    }

    private Webhooks person(
        String event, String sidOf, String identity, String kind, boolean recorder, long joined) {
      Webhooks webhook = Webhooks.participant(event, sid, name, sidOf, identity, joined, now);
      if (kind != null) {
        webhook.kind(kind);
      }
      if (recorder) {
        webhook.participant().putObject("permission").put("recorder", true);
      }
      if ("SIP".equals(kind)) {
        webhook.participant().withObject("/attributes").put("sip.phoneNumber", "+4930" + joined);
      }
      if (chance(0.3)) {
        webhook.participant().withObject("/attributes").put("mood", "☀ " + random.nextInt(9));
        webhook.participant().put("metadata", "{\"seat\":" + random.nextInt(9) + "}");
      }
      String reason = one(REASONS);
      if (event.equals("participant_joined") || reason == null) {
        webhook.participant().remove("disconnectReason");
      } else {
        webhook.participant().put("disconnectReason", reason);
      }
      return webhook;
    }

    private void track() {
      String participant = "PA_" + sid + "_" + random.nextInt(Math.max(1, sids));
      String identity = identityOf(participant);
      String event = chance(0.5) ? "track_published" : "track_unpublished";
      add(Webhooks.track(event, sid, name, participant, identity, later()));
    }

    private String identityOf(String participant) {
      return events.stream()
          .map(Webhooks::json)
          .filter(event -> event.at("/participant/sid").asText().equals(participant))
          .map(event -> event.at("/participant/identity").asText())
          .findFirst()
          .orElse("only-a-track");
    }

    private void egress() {
      String egress = "EG_" + sid + "_" + sids++;
      long startedAt = later();
      add(said("egress_started", egress, "EGRESS_STARTING"));
      for (String status : new String[] {"EGRESS_ACTIVE", "EGRESS_ENDING"}) {
        if (chance(0.7)) {
          later();
          Webhooks updated = said("egress_updated", egress, status);
          updated.egressInfo().put("startedAt", startedAt + "000000000");
          add(updated);
        }
      }
      later();
      if (chance(0.9)) {
        Webhooks ended = said("egress_ended", egress, one(LAST_STATUSES));
        ended.egressInfo().put("startedAt", startedAt + "000000000");
        ended.egressInfo().put("endedAt", now + "250000000");
        result(ended, egress);
        add(ended);
      }
    }

    private Webhooks said(String event, String egress, String status) {
      return Webhooks.egress(event, sid, name, egress, status, now);
    }

    private void result(Webhooks ended, String egress) {
      if (chance(0.8)) {
        ended
            .egressInfo()
            .putArray("fileResults")
            .addObject()
            .put("location", "https://files.example/" + egress + ".mp4")
            .put("duration", Long.toString(random.nextLong(3_600_000_000_000L) + 1))
            .put("size", Long.toString(random.nextLong(1L << 40) + 1));
      } else {
        ended.egressInfo().put("error", "the disk was full");
      }
    }

    /** What is kept and says nothing for the rows. */
    private void outside() {
      Webhooks ingress = Webhooks.event("ingress_started", sid, name, later());
      ingress.room().remove("sid");
      events.add(ingress);
      events.add(Webhooks.event("agent_job_started", sid, name, later()));
      events.add(Webhooks.event("room_painted", sid, name, later()));
    }

    private void startedAgain() {
      add(Webhooks.roomStarted(sid, name, createdMs, later() + 1));
      visit();
      if (chance(0.5)) {
        add(Webhooks.roomFinished(sid, name, createdMs, later() + 2));
      }
    }
  }
}
