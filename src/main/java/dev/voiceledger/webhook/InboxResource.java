package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.access.Caller;
import dev.voiceledger.access.Callers;
import dev.voiceledger.platform.Page;
import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.server.Cancellable;

/** The raw inbox, for admins and services: what came, what became of it, and once more. */
@Path("/api/v1/webhook-events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Webhook events")
public class InboxResource {
  private static final Set<String> STATES = Set.of("applied", "ignored", "failed");

  private final Callers callers;
  private final Inbox inbox;

  InboxResource(Callers callers, Inbox inbox) {
    this.callers = callers;
    this.inbox = inbox;
  }

  /**
   * One event as shown: everything but its body.
   *
   * @param error why it was ignored or failed
   */
  public record View(
      String id,
      String provider,
      String event,
      String roomSid,
      UUID callId,
      String state,
      String error,
      String createdAt,
      String receivedAt,
      String appliedAt) {

    static View of(InboxEvent row) {
      return new View(
          row.id,
          row.provider,
          row.event,
          row.roomSid,
          row.callId,
          row.state.name(),
          row.error,
          time(row.createdAt),
          time(row.receivedAt),
          time(row.appliedAt));
    }

    /** RFC 3339 in UTC with milliseconds, always three digits of them. */
    private static String time(Instant instant) {
      return instant == null ? null : MILLISECONDS.format(instant.truncatedTo(ChronoUnit.MILLIS));
    }

    private static final DateTimeFormatter MILLISECONDS =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  }

  @GET
  @Operation(summary = "Events as they came, newest first")
  public Uni<Page<View>> list(
      @Context HttpHeaders headers,
      @RestQuery String state,
      @RestQuery String event,
      @RestQuery @DefaultValue("50") String limit,
      @RestQuery String cursor,
      @RestQuery("include_total") @DefaultValue("false") String includeTotal) {
    return callers
        .operator(headers)
        .chain(caller -> {
          Inbox.Query query = new Inbox.Query(state(state), event, Cursor.of(cursor), limit(limit));
          return inbox.page(caller, query, flag("include_total", includeTotal));
        });
  }

  private static boolean flag(String name, String given) {
    return switch (given) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Type.INVALID_FIELDS.at(name, "true or false");
    };
  }

  private static String state(String given) {
    if (given != null && !STATES.contains(given)) {
      throw Type.INVALID_FIELDS.at("state", "one of applied, ignored, failed");
    }
    return given;
  }

  private static int limit(String given) {
    try {
      int limit = Integer.parseInt(given);
      if (limit >= 1 && limit <= Page.LIMIT_MAX) {
        return limit;
      }
    } catch (NumberFormatException notANumber) {
      // the same answer as for a number out of bounds
    }
    throw Type.INVALID_FIELDS.at("limit", "a number from 1 to " + Page.LIMIT_MAX);
  }

  @POST
  @Path("/{id}/replay")
  @Cancellable(false)
  @Operation(summary = "Applies an event again; nothing happens where its effect is there")
  public Uni<View> replay(@Context HttpHeaders headers, @RestPath String id) {
    return callers.operator(headers).chain((Caller caller) -> inbox.replay(caller, id));
  }

  /** Where a page ends: the received_at, provider and id of its last row. */
  record Cursor(Instant receivedAt, String provider, String id) {

    static Cursor of(String given) {
      if (given == null || given.isEmpty()) {
        return null;
      }
      try {
        String[] parts = new String(Base64.getUrlDecoder().decode(given), UTF_8).split("\n", 3);
        return new Cursor(Instant.parse(parts[0]), parts[1], parts[2]);
      } catch (RuntimeException notOurs) {
        throw Type.INVALID_FIELDS.at("cursor", "a next_cursor of this list");
      }
    }

    static String after(List<InboxEvent> rows) {
      InboxEvent last = rows.getLast();
      String text = last.receivedAt + "\n" + last.provider + "\n" + last.id;
      return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }
  }
}
