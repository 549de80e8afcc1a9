-- Wrapped keys, in a database of their own with a backup policy of its own: destroying a row here
-- makes every copy of that subject's content unreadable. No personal data, no business data.

-- Also in the main store, which may be another database.
create or replace function visible_controller(oin text) returns boolean
    language sql stable
    return strpos(',' || current_setting('gateway.controllers', true) || ',', ',' || oin || ',') > 0;

create table subject_key (
    bucket smallint not null,
    controller text not null,
    subject_id uuid not null,
    kek_id text not null,
    wrapped bytea not null,
    primary key (bucket, controller, subject_id)
);

create table controller_key (
    bucket smallint not null,
    controller text not null,
    purpose text not null,
    kek_id text not null,
    wrapped bytea not null,
    primary key (bucket, controller, purpose)
);

do $$
begin
    if not exists (select from pg_roles where rolname = 'gateway_app') then
        begin
            create role gateway_app nologin;
        exception when duplicate_object or unique_violation then
            null;
        end;
    end if;
end
$$;

alter table subject_key enable row level security;
alter table controller_key enable row level security;
create policy own_controller on subject_key using (visible_controller(controller));
create policy own_controller on controller_key using (visible_controller(controller));

grant usage on schema public to gateway_app;
grant select, insert on subject_key, controller_key to gateway_app;
