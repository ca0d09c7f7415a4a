-- Flyway's own table is a table like any other: nobody but the owner sees it. Flyway reads it in
-- an open transaction while migrations run, so none of them can alter it without waiting for ever;
-- Flyway runs this file after each migrate, when that transaction is over.
do $$
begin
  if exists (select from pg_class where oid = to_regclass('flyway_schema_history')
             and relrowsecurity and relforcerowsecurity) then
    return;
  end if;
  lock table flyway_schema_history in access exclusive mode; -- replicas may start at once
  drop policy if exists flyway_schema_history_owner on flyway_schema_history;
  create policy flyway_schema_history_owner on flyway_schema_history to current_user
    using (true) with check (true);
  alter table flyway_schema_history enable row level security;
  alter table flyway_schema_history force row level security;
  revoke all on flyway_schema_history from public, anon, authenticated, service_role;
  comment on table flyway_schema_history is 'Which migrations ran here, as Flyway keeps it.';
  comment on policy flyway_schema_history_owner on flyway_schema_history is 'Migrations run as the owner; nobody else sees this table.';
end $$;
