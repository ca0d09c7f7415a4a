-- Who people are. The roles anon, authenticated and service_role exist before this file runs:
-- the service makes them at its start, a platform such as Supabase brings its own.

create extension if not exists "uuid-ossp";

-- Functions of ours that no API exposes.
create schema voiceledger;
comment on schema voiceledger is 'Functions behind the tables: laws, identity, access. Nothing here is a public interface.';

-- Supabase has this schema and auth.uid() in it; elsewhere it is ours.
create schema if not exists auth;

-- A user as calls refer to it. Where a platform has its own users table, that one is used as it is.
do $$
begin
  if to_regclass('public.users') is not null then
    if (select count(*) from pg_attribute a where a.attrelid = 'public.users'::regclass
          and a.attname in ('id', 'email', 'name', 'role')) < 4
      or exists (select from pg_attribute a where a.attrelid = 'public.users'::regclass
          and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef
          and a.attidentity = '' and a.attname <> 'id') then
      raise exception 'public.users is there already and cannot be used: it needs the columns id, '
        'email, name and role, and must take a row of which only the id is known';
    end if;
    return;
  end if;
  create table public.users (
    id         uuid primary key default gen_random_uuid(),
    email      text,
    name       text,
    role       text not null default 'user',
    created_at timestamptz not null default now(),
    constraint users_email_is_short check (length(email) <= 320),
    constraint users_name_is_short check (length(name) <= 500)
  );
  alter table public.users enable row level security;
  alter table public.users force row level security;
  create policy users_owner on public.users to current_user using (true) with check (true);
  comment on table public.users is 'People whom calls belong to. A row appears with the first call or participant that names the uuid.';
  comment on policy users_owner on public.users is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
end $$;
