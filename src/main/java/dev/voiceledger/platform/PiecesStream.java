package dev.voiceledger.platform;

import io.vertx.core.buffer.Buffer;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/** Buffers one behind the other, read as one stream without being copied together. */
final class PiecesStream extends InputStream {
  private final List<Buffer> pieces;
  private int piece;
  private int position;

  PiecesStream(List<Buffer> pieces) {
    this.pieces = pieces;
  }

  /** Whether there is a byte left; moves on to the piece that has it. */
  private boolean more() {
    while (piece < pieces.size() && position == pieces.get(piece).length()) {
      piece++;
      position = 0;
    }
    return piece < pieces.size();
  }

  @Override
  public int read() {
    return more() ? Byte.toUnsignedInt(pieces.get(piece).getByte(position++)) : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0 || !more()) {
      return length == 0 ? 0 : -1;
    }
    Buffer from = pieces.get(piece);
    int count = Math.min(length, from.length() - position);
    from.getBytes(position, position + count, into, offset);
    position += count;
    return count;
  }

  @Override
  public int available() {
    return more() ? pieces.get(piece).length() - position : 0;
  }
}
