-- Whoever comes behind a migration that waits for a lock waits as well, so it waits for two seconds
-- at most; then the start fails, nothing has changed, and it is tried again. Flyway runs this file
-- within the transaction of each migration, so nothing is left on a connection that others share.
set local lock_timeout = '2s';
set local idle_in_transaction_session_timeout = '60s';
