package dev.voiceledger.call;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** From a room session to its call, without asking the database. */
public final class RoomSid {
  private static final UUID NAMESPACE = UUID.fromString("cf37b98d-c347-5267-a1d4-8f23626d7b4e");
  private static final String PREFIX = "RM_";
  private static final long VERSION_MASK = 0xFFFF_FFFF_FFFF_0FFFL;
  private static final long VERSION_5 = 0x5000L;
  private static final long VARIANT_MASK = 0x3FFF_FFFF_FFFF_FFFFL;
  private static final long VARIANT_RFC = 0x8000_0000_0000_0000L;

  private RoomSid() {}

  /**
   * The id of a room session's call: uuid v5 of the sid under Voiceledger's namespace. The same
   * function in SQL is {@code voiceledger.call_id_of_room}.
   */
  public static UUID callId(String roomSid) {
    MessageDigest sha1 = sha1();
    sha1.update(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(NAMESPACE.getMostSignificantBits())
            .putLong(NAMESPACE.getLeastSignificantBits())
            .flip());
    ByteBuffer hash = ByteBuffer.wrap(sha1.digest(roomSid.getBytes(UTF_8)));
    return new UUID(
        hash.getLong() & VERSION_MASK | VERSION_5, hash.getLong() & VARIANT_MASK | VARIANT_RFC);
  }

  /** The same of what may be a sid: null where it is none. */
  public static UUID callIdOf(String name) {
    return is(name) ? callId(name) : null;
  }

  /** Whether a name is of LiveKit's form, which no call without a room may have. */
  public static boolean is(String name) {
    return name != null && name.startsWith(PREFIX);
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
