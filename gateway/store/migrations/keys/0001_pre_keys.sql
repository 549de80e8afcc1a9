-- Wrapped keys, in a database of their own with a backup policy of its own: destroying a row here
-- makes every copy of that subject's content unreadable. No personal data, no business data.

create table subject_key (
    controller text not null,
    subject_id uuid not null,
    kek_id text not null,
    wrapped bytea not null,
    primary key (controller, subject_id)
);

create table controller_key (
    controller text not null,
    purpose text not null,
    kek_id text not null,
    wrapped bytea not null,
    primary key (controller, purpose)
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

grant usage on schema public to gateway_app;
grant select, insert on subject_key, controller_key to gateway_app;
