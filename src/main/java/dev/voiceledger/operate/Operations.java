package dev.voiceledger.operate;

import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The whole at a glance.
 *
 * @param reconciled what the reconciler found missing lately, newest first
 * @param tables of the service, largest first
 */
@Schema(name = "Operations")
record Operations(
    String answeredAt,
    Replica replica,
    List<Key> livekitKeys,
    FailedEvents failedEvents,
    Calls calls,
    List<Finding> reconciled,
    Retention retention,
    List<Table> tables) {

  /**
   * The process that answered.
   *
   * @param id random for each process
   */
  @Schema(name = "Replica")
  record Replica(
      UUID id,
      String version,
      String startedAt,
      long uptimeSeconds,
      int ledgerQueueDepth,
      Pool pool) {}

  /**
   * Connections for reads and single writes; the ledger has its own.
   *
   * @param waiting who waits for one; past the greatest, 503
   */
  @Schema(name = "Pool")
  record Pool(int sizeMax, int inUse, int waiting, int waitingMax) {}

  /**
   * A key that may sign webhooks.
   *
   * @param lastHeardAt a few seconds old; null where it was never heard
   */
  @Schema(name = "LiveKitKey")
  record Key(String key, String lastHeardAt) {}

  /**
   * Events that were refused for their content and can be replayed.
   *
   * @param countIsWhole false where counting stopped at the bound
   */
  @Schema(name = "FailedEvents")
  record FailedEvents(long count, boolean countIsWhole, List<FailedEvent> newest) {}

  /** One of them, as listed with the webhook events. */
  @Schema(name = "FailedEvent")
  record FailedEvent(
      String id, String provider, String event, UUID callId, String error, String receivedAt) {}

  /**
   * Calls that are not done with.
   *
   * @param open of those that have a room
   * @param settling over, with reports that may still come
   * @param oldestOpen null where none is open
   */
  @Schema(name = "CallsNow")
  record Calls(
      long open,
      boolean openIsWhole,
      long settling,
      boolean settlingIsWhole,
      OpenCall oldestOpen) {}

  /** A call that is not over. */
  @Schema(name = "OpenCall")
  record OpenCall(UUID id, String roomName, String status, String startedAt) {}

  /**
   * What the reconciler found, and why a row was changed.
   *
   * @param event what was found, in its words
   * @param status of the participant or egress, in LiveKit's words
   * @param listedAt when the listing began
   * @param lastSeenAt of what is gone, the last evidence that it was there
   */
  @Schema(name = "Finding")
  record Finding(
      String id,
      String event,
      String roomSid,
      UUID callId,
      String participantSid,
      String participantIdentity,
      String egressId,
      String status,
      String listedAt,
      String lastSeenAt,
      String error,
      String receivedAt) {}

  /**
   * What is kept for how long.
   *
   * @param rawDays null for ever
   * @param callsDays null for ever
   * @param oldestCallStartedAt of the calls that are over
   * @param eventsSweptAt when all raw events were last looked through
   */
  @Schema(name = "Retention")
  record Retention(
      Integer rawDays,
      Integer callsDays,
      String oldestEventReceivedAt,
      String oldestCallStartedAt,
      String eventsSweptAt,
      String callsSweptAt) {}

  /**
   * A table with its indexes; rows as PostgreSQL estimates them.
   *
   * @param bytes null while a table is locked
   */
  @Schema(name = "TableSize")
  record Table(String name, long rowsEstimate, Long bytes) {}
}
