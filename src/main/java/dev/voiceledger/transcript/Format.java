package dev.voiceledger.transcript;

import dev.voiceledger.platform.Problem.Type;
import java.util.Locale;
import java.util.stream.Stream;

/** In what form a transcript is asked for. */
enum Format {
  TEXT("text/plain; charset=utf-8", "txt"),
  MARKDOWN("text/markdown; charset=utf-8", "md"),
  VTT("text/vtt; charset=utf-8", "vtt"),
  SRT("application/x-subrip; charset=utf-8", "srt"),
  JSON("application/json", "json");

  private final String contentType;
  private final String extension;

  Format(String contentType, String extension) {
    this.contentType = contentType;
    this.extension = extension;
  }

  /** Text where none is named. */
  static Format of(String given) {
    return given == null
        ? TEXT
        : Stream.of(values())
            .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(given))
            .findFirst()
            .orElseThrow(
                () -> Type.INVALID_FIELDS.at("format", "one of text, markdown, vtt, srt, json"));
  }

  String contentType() {
    return contentType;
  }

  String extension() {
    return extension;
  }
}
