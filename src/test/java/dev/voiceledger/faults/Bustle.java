package dev.voiceledger.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.RoomsInMemory;
import dev.voiceledger.webhook.Oracle;
import dev.voiceledger.webhook.Rows;
import dev.voiceledger.webhook.Webhooks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * What happens at LiveKit all the while: rooms open and close, people come, speak and go, egresses
 * begin and end. LiveKit's lists show it, its notifier tells of it, and here it is remembered.
 */
final class Bustle implements Runnable {
  private static final String OPEN =
      """
      select 'room ' || room_sid from voice_calls
      where ended_at is null and room_name like ?
      union all select 'person ' || participant_sid
      from call_participants p join voice_calls c on c.id = p.call_id
      where p.left_at is null and c.room_name like ?
      union all select 'egress ' || egress_id
      from call_recordings r join voice_calls c on c.id = r.call_id
      where r.status = 'EGRESS_ACTIVE' and c.room_name like ?\
      """;

  private final RoomsInMemory lists;
  private final LiveKitNotifierDouble notifier;
  private final Random random;
  private final String prefix;
  private final int names;
  private final boolean loud;
  private final long pauseMs;
  private final SortedMap<String, Room> rooms = new TreeMap<>();
  private final List<Webhooks> told = new ArrayList<>();
  private volatile boolean over;
  private int count;

  /** One that is open. */
  private static final class Room {
    private final String name;
    private final String sid;
    private final long createdMs;
    private final SortedMap<String, ObjectNode> people = new TreeMap<>();
    private final SortedMap<String, ObjectNode> egresses = new TreeMap<>();

    private Room(ObjectNode listed) {
      name = listed.path("name").asText();
      sid = listed.path("sid").asText();
      createdMs = listed.path("creation_time_ms").asLong();
    }
  }

  /**
   * @param prefix of the names of the rooms, of which there are so many
   * @param loud whether half of all happens in one room, too much for its queue
   * @param pauseMs after each thing that happens
   */
  Bustle(
      RoomsInMemory lists,
      LiveKitNotifierDouble notifier,
      Random random,
      String prefix,
      int names,
      boolean loud,
      long pauseMs) {
    this.lists = lists;
    this.notifier = notifier;
    this.random = random;
    this.prefix = prefix;
    this.names = names;
    this.loud = loud;
    this.pauseMs = pauseMs;
  }

  @Override
  public void run() {
    while (!over) {
      happen();
      try {
        TimeUnit.MILLISECONDS.sleep(pauseMs);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  void end() {
    over = true;
  }

  /** Everything that ever happened, in its order. */
  List<Webhooks> told() {
    return told;
  }

  private void happen() {
    String name = prefix + (loud && random.nextBoolean() ? 0 : random.nextInt(names));
    Room room = rooms.get(name);
    if (room == null) {
      room = new Room(lists.open(name));
      rooms.put(name, room);
      tell(Webhooks.roomStarted(room.sid, name, room.createdMs, now()));
      return;
    }
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> join(room);
      case 4, 5, 6 -> leave(room, one(room.people.keySet()));
      case 7 -> record(room);
      case 8 -> stop(room, one(room.egresses.keySet()));
      case 9 -> close(room);
      default -> speak(room, one(room.people.keySet()));
    }
  }

  private String one(Collection<String> all) {
    return all.stream().skip(random.nextInt(Math.max(1, all.size()))).findFirst().orElse(null);
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }

  private void tell(Webhooks event) {
    event.id("EV_" + prefix + told.size());
    told.add(event);
    notifier.queue(event);
  }

  private void join(Room room) {
    String identity = "person-" + count++;
    ObjectNode listed = lists.join(room.name, identity).put("name", "Name of " + identity);
    room.people.put(identity, listed);
    tell(of("participant_joined", room, listed));
  }

  private static Webhooks of(String event, Room room, ObjectNode person) {
    String sid = person.path("sid").asText();
    String identity = person.path("identity").asText();
    long joinedMs = person.path("joined_at_ms").asLong();
    return Webhooks.participant(event, room.sid, room.name, sid, identity, joinedMs, now());
  }

  private void leave(Room room, String identity) {
    if (identity != null) {
      lists.leave(room.name, identity);
      tell(of("participant_left", room, room.people.remove(identity)));
    }
  }

  private void speak(Room room, String identity) {
    if (identity != null) {
      String sid = room.people.get(identity).path("sid").asText();
      String event = random.nextBoolean() ? "track_published" : "track_unpublished";
      tell(Webhooks.track(event, room.sid, room.name, sid, identity, now()));
    }
  }

  private void record(Room room) {
    String id = "EG_" + prefix + count++;
    ObjectNode listed = lists.record(id, room.sid, "EGRESS_ACTIVE");
    room.egresses.put(id, listed);
    tell(of("egress_started", room, id, listed));
  }

  private void stop(Room room, String id) {
    if (id != null) {
      ObjectNode listed = room.egresses.remove(id);
      listed.put("ended_at", now() + "000000000").put("updated_at", now() + "000000000");
      listed.put("status", "EGRESS_COMPLETE");
      tell(of("egress_ended", room, id, listed));
    }
  }

  private static Webhooks of(String event, Room room, String id, ObjectNode listed) {
    String status = listed.path("status").asText();
    Webhooks webhook = Webhooks.egress(event, room.sid, room.name, id, status, now());
    webhook.egressInfo().put("startedAt", listed.path("started_at").asText());
    if (event.equals("egress_ended")) {
      webhook.egressInfo().put("endedAt", listed.path("ended_at").asText());
    }
    return webhook;
  }

  private void close(Room room) {
    List.copyOf(room.people.keySet()).forEach(identity -> leave(room, identity));
    List.copyOf(room.egresses.keySet()).forEach(id -> stop(room, id));
    lists.vanish(room.name);
    rooms.remove(room.name);
    tell(Webhooks.roomFinished(room.sid, room.name, room.createdMs, now()));
  }

  /** What is open, in the words of {@link #rows}. */
  SortedSet<String> open() {
    SortedSet<String> open = new TreeSet<>();
    for (Room room : rooms.values()) {
      open.add("room " + room.sid);
      room.people.values().forEach(one -> open.add("person " + one.path("sid").asText()));
      room.egresses.keySet().forEach(id -> open.add("egress " + id));
    }
    return open;
  }

  /** What is open by the rows. */
  SortedSet<String> rows(TestDatabase database) {
    String names = prefix + "%";
    return new TreeSet<>(Tables.texts(database, OPEN, names, names, names));
  }

  /** All that was told has come, so the rows are what follows from it. */
  void assertEqualsOracle(TestDatabase database) {
    SortedMap<String, SortedMap<String, String>> rows = Rows.ofRooms(database, "RM_%");
    Set<String> sids = sids();
    rows.keySet().removeIf(row -> !sids.contains(row.split(" ")[1]));
    Rows.assertSame(Oracle.rows(told), rows);
  }

  private Set<String> sids() {
    Set<String> sids = new HashSet<>();
    told.forEach(event -> sids.add(event.room().path("sid").asText()));
    return sids;
  }

  /** The rooms that nobody can know of: all that was told of them is lost, and they are over. */
  long unknown(TestDatabase database) {
    Set<String> sids = sids();
    Tables.texts(database, "select room_sid from voice_calls where room_sid is not null")
        .forEach(sids::remove);
    return sids.size();
  }
}
