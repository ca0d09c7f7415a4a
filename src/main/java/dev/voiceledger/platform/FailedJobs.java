package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.quarkus.scheduler.FailedExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/**
 * A scheduled job that failed leaves one line, without a message, which may quote what was said.
 * Its next turn comes by itself, so that a database that is away or busy is no error of the job.
 * The scheduler's own line is off.
 */
@ApplicationScoped
class FailedJobs {
  private static final Logger LOG = Logger.getLogger(FailedJobs.class);

  void tell(@Observes FailedExecution failed) {
    tell(failed.getExecution().getTrigger().getMethodDescription(), failed.getException());
  }

  static void tell(String job, Throwable why) {
    String places = ProblemResponses.places(why);
    if (isAwayOrBusy(why)) {
      LOG.warnf("the database was away or busy, job=%s: %s", job, places);
    } else {
      LOG.errorf("a job failed, job=%s: %s", job, places);
    }
  }

  private static boolean isAwayOrBusy(Throwable why) {
    return DatabaseRefusal.of(why)
        .filter(refusal -> refusal.status() == Type.DATABASE_UNAVAILABLE.status())
        .isPresent();
  }
}
