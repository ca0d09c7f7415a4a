package dev.voiceledger.platform;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;

/** Routes of tests alone: what PostgreSQL refuses in a request's own transaction. */
@Path("/refusing")
public class RefusingResource {
  static final String SECRET = "what-was-said-in-confidence";
  static final String FUNCTION =
      """
      create or replace function public.refuse(state text) returns text
        language plpgsql security definer as $$
      begin
        if state = 'cut' then
          perform pg_terminate_backend(pg_backend_pid());
        end if;
        raise exception 'what-was-said-in-confidence' using errcode = state;
      end $$\
      """;
  private final Database database;

  RefusingResource(Database database) {
    this.database = database;
  }

  /** Fails with this SQLSTATE. */
  @GET
  @Path("/{state}")
  public Uni<List<String>> refuse(@PathParam("state") String state) {
    return database.asService(() -> database.ask("select public.refuse(?1)", String.class, state));
  }

  /** Fails in our own code. */
  @POST
  public Uni<String> fail() {
    throw new IllegalStateException(SECRET);
  }
}
