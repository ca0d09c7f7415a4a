package dev.voiceledger.page;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What runs here and where its doors are, for a person who opens the address in a browser. */
@Path("/")
public class FrontPage {
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Voiceledger</title>
      <style>
        body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto }
        body { padding: 0 1rem }
        dt { font-weight: 600 } dd { margin: 0 0 .75rem }
        :root { color-scheme: light dark }
      </style>
      <h1>Voiceledger</h1>
      <p>The system of record for LiveKit voice calls. It runs.</p>
      <dl>
        <dt>API</dt>
        <dd><code>/api/v1</code>, described at <a href="/q/swagger-ui">/q/swagger-ui</a></dd>
        <dt>LiveKit posts its webhooks to</dt>
        <dd><code>/webhooks/livekit</code></dd>
        <dt>Health</dt><dd><a href="/q/health">/q/health</a></dd>
        <dt>Metrics</dt><dd><a href="/q/metrics">/q/metrics</a></dd>
      </dl>
      </html>
      """;

  /** The page. */
  @GET
  @Produces(MediaType.TEXT_HTML)
  @Operation(operationId = "showFrontPage", summary = "What runs here, for a browser")
  @Tag(name = "Pages")
  public String show() {
    return PAGE;
  }
}
