package dev.voiceledger.transcript;

import dev.voiceledger.access.Caller;
import dev.voiceledger.platform.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A call whose transcript somebody may read, before a turn of it is read.
 *
 * @param messages how many there are, about: more may come
 * @param startedMs null where no time is known; then the first turn is the beginning
 */
record Opened(
    Caller caller,
    UUID callId,
    String title,
    String roomName,
    Integer durationSeconds,
    int messages,
    Long startedMs,
    Map<String, Heading.Participant> people) {
  private static final int PEOPLE_SHOWN_MAX = 50;

  static Opened of(Caller caller, UUID callId, Object[] call, List<Object[]> people) {
    return new Opened(
        caller,
        callId,
        (String) call[0],
        (String) call[1],
        (Integer) call[2],
        (Integer) call[3],
        (Long) call[4],
        byIdentity(people));
  }

  private static Map<String, Heading.Participant> byIdentity(List<Object[]> rows) {
    Map<String, Heading.Participant> people = new LinkedHashMap<>();
    for (Object[] row : rows) {
      String identity = (String) row[0];
      String name = (String) row[1];
      if (name == null || Lines.label(name).isEmpty()) {
        Heading.Participant known = people.get(identity);
        name = known == null ? identity : known.name();
      }
      people.put(identity, new Heading.Participant(identity, name, (String) row[2]));
    }
    return people;
  }

  /** When the offsets begin. */
  long beginMs(TurnOrder order) {
    return startedMs != null ? startedMs : order.size() == 0 ? 0 : order.saidMs(0);
  }

  Heading heading(TurnOrder order) {
    boolean known = startedMs != null || order.size() > 0;
    return new Heading(
        callId,
        title,
        roomName,
        known ? Times.text(Instant.ofEpochMilli(beginMs(order))) : null,
        durationSeconds,
        new ArrayList<>(people.values()).stream().limit(PEOPLE_SHOWN_MAX).toList());
  }

  /**
   * What tools and the application write is nobody's speech, whoever posted it. Anybody else is
   * called by name, else by identity, else by role.
   */
  String speaker(String role, String identity) {
    if (identity == null || role.equals("function") || role.equals("system")) {
      return role;
    }
    Heading.Participant known = people.get(identity);
    String name = known == null ? identity : known.name();
    return Lines.label(name).isEmpty() ? role : name;
  }
}
