-- The whole store of the first exchange.
--
-- Every controller's table has (bucket, controller) first in its primary key: bucket is the
-- distribution key, controller (an OIN) the security key. Row-level security shows a session only
-- the controllers named in the setting gateway.controllers; the role gateway_app is neither owner
-- nor superuser and cannot bypass it. Readable columns hold random ids, states, dates and codes;
-- everything else is sealed under the key of the subject.

-- Not "= any (...)", though that reads better: PostgreSQL would take it for one more condition that
-- narrows the search, think that next to nothing is left after bucket and controller, and read all
-- of a controller's rows to find one. This says to the planner only that it may be so or not.
create or replace function visible_controller(oin text) returns boolean
    language sql stable
    return strpos(',' || current_setting('gateway.controllers', true) || ',', ',' || oin || ',') > 0;

create table subject (
    bucket smallint not null,
    controller text not null,
    subject_id uuid not null,
    bsn_blind bytea,
    primary key (bucket, controller, subject_id),
    unique (bucket, controller, bsn_blind)
);

create table stream (
    bucket smallint not null,
    controller text not null,
    stream_id uuid not null,
    subject_id uuid not null,
    seq integer not null default 0,
    last_leaf bytea,
    primary key (bucket, controller, stream_id)
);

create table debt_case (
    bucket smallint not null,
    controller text not null,
    case_id uuid not null,
    subject_id uuid not null,
    stream_id uuid not null,
    started_on date not null,
    opened_at timestamptz not null,
    sealed bytea not null,
    primary key (bucket, controller, case_id)
);
create index debt_case_by_subject on debt_case (bucket, controller, subject_id);

create table legal_basis (
    bucket smallint not null,
    controller text not null,
    basis_id uuid not null,
    case_id uuid not null,
    subject_id uuid not null,
    stream_id uuid not null,
    kind text not null,
    state text not null,
    valid_from date not null,
    valid_until date not null,
    scope text not null,
    recorded_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    sealed bytea not null,
    primary key (bucket, controller, basis_id)
);
create index legal_basis_by_case on legal_basis (bucket, controller, case_id);
create index legal_basis_standing on legal_basis (bucket, controller, valid_until)
    where state = 'actief';

create table request_order (
    bucket smallint not null,
    controller text not null,
    order_id uuid not null,
    case_id uuid not null,
    created_at timestamptz not null,
    primary key (bucket, controller, order_id)
);

create table leg (
    bucket smallint not null,
    controller text not null,
    leg_id uuid not null,
    case_id uuid not null,
    order_id uuid not null,
    basis_id uuid not null,
    subject_id uuid not null,
    stream_id uuid not null,
    creditor_id text not null,
    purpose text not null,
    reason text not null,
    conversation_id uuid not null,
    client_number text not null,
    state text not null,
    asked_on date,
    reply_by date,
    next_reminder_on date,
    expires_on date,
    reminders smallint not null default 0,
    conflicting boolean not null default false,
    failure text,
    sealed bytea not null,
    primary key (bucket, controller, leg_id),
    unique (bucket, controller, client_number)
);
create index leg_by_case on leg (bucket, controller, case_id);
create index leg_by_order on leg (bucket, controller, order_id);
create index leg_by_basis on leg (bucket, controller, basis_id);
create index leg_awaiting on leg (bucket, controller, expires_on)
    where state = 'wacht_op_antwoord';

create table delivery (
    bucket smallint not null,
    controller text not null,
    delivery_id uuid not null,
    leg_id uuid not null,
    basis_id uuid not null,
    subject_id uuid not null,
    stream_id uuid not null,
    creditor_id text not null,
    kind text not null,
    ordinal smallint not null,
    state text not null,
    not_before date not null,
    run_at timestamptz not null,
    attempts smallint not null default 0,
    doubted boolean not null default false,
    lease_token bigint not null default 0,
    lease_until timestamptz,
    message_id uuid,
    digest bytea,
    sent_at timestamptz,
    intention_event uuid,
    failure text,
    primary key (bucket, controller, delivery_id),
    unique (bucket, controller, leg_id, kind, ordinal),
    unique (bucket, controller, message_id)
);
create index delivery_queued on delivery (bucket, controller, not_before, run_at)
    where state = 'in_wachtrij';
create index delivery_to_send on delivery (bucket, controller, run_at)
    where state in ('vastgelegd', 'onzeker');
create index delivery_sending on delivery (bucket, controller, lease_until)
    where state = 'onderweg';

create table message (
    bucket smallint not null,
    controller text not null,
    row_id uuid not null,
    direction text not null,
    creditor_id text not null,
    kind text,
    state text not null,
    leg_id uuid,
    delivery_id uuid,
    subject_id uuid not null,
    stream_id uuid not null,
    message_id uuid,
    digest bytea,
    wire_digest bytea not null,
    refusal text,
    recorded_at timestamptz not null,
    sealed bytea,
    primary key (bucket, controller, row_id)
);
create index message_by_leg on message (bucket, controller, leg_id);
create index message_by_delivery on message (bucket, controller, delivery_id);
-- Once per leg, and once for what belongs to no leg.
create unique index message_refused_once
    on message (bucket, controller, creditor_id, leg_id, wire_digest) nulls not distinct
    where state = 'in_quarantaine';

create table message_guard (
    bucket smallint not null,
    controller text not null,
    creditor_id text not null,
    message_id uuid not null,
    digest bytea not null,
    receipt bytea not null,
    primary key (bucket, controller, creditor_id, message_id)
);

create table reply (
    bucket smallint not null,
    controller text not null,
    leg_id uuid not null,
    version smallint not null,
    subject_id uuid not null,
    row_id uuid not null,
    received_on date not null,
    sealed bytea not null,
    primary key (bucket, controller, leg_id, version)
);

create table event (
    bucket smallint not null,
    controller text not null,
    event_id uuid not null,
    stream_id uuid not null,
    seq integer not null,
    type text not null,
    subject_id uuid not null,
    recorded_at timestamptz not null,
    sealed_meta bytea,
    sealed_pers bytea,
    primary key (bucket, controller, event_id),
    unique (bucket, controller, stream_id, seq)
);

create table log_outbox (
    bucket smallint not null,
    controller text not null,
    event_id uuid not null,
    stream_id uuid not null,
    seq integer not null,
    entry bytea not null check (octet_length(entry) = 73),
    primary key (bucket, controller, event_id)
);

create table log_entry (
    bucket smallint not null,
    controller text not null,
    idx bigint not null,
    event_id uuid not null,
    entry bytea not null check (octet_length(entry) = 73),
    primary key (bucket, controller, idx),
    unique (bucket, controller, event_id)
);

create table log_tree (
    bucket smallint not null,
    controller text not null,
    size bigint not null,
    frontier bytea not null,
    checkpoint bytea not null,
    signed_at timestamptz not null,
    primary key (bucket, controller)
);

create table idempotency (
    bucket smallint not null,
    controller text not null,
    client text not null,
    key text not null,
    request_digest bytea not null,
    status smallint,
    location text,
    body bytea,
    created_at timestamptz not null,
    primary key (bucket, controller, client, key)
);

-- Shared: no controller, nothing about a person.
create table creditor_health (
    creditor_id text primary key,
    failures integer not null default 0,
    open_until timestamptz
);

do $$
declare
    name text;
begin
    if not exists (select from pg_roles where rolname = 'gateway_app') then
        begin
            create role gateway_app nologin;
        exception when duplicate_object or unique_violation then
            null;  -- another database of the same server was faster
        end;
    end if;
    foreach name in array array[
        'subject', 'stream', 'debt_case', 'legal_basis', 'request_order', 'leg', 'delivery',
        'message', 'message_guard', 'reply', 'event', 'log_outbox', 'log_entry', 'log_tree',
        'idempotency'
    ] loop
        execute format('alter table %I enable row level security', name);
        execute format(
            'create policy own_controller on %I using (visible_controller(controller))', name);
        execute format('grant select, insert, update on %I to gateway_app', name);
        -- The bucket follows from the controller; unless it knows, the planner expects a
        -- sixty-fourth of a controller's rows.
        execute format(
            'create statistics %I (dependencies) on bucket, controller from %I',
            name || '_bucket', name);
    end loop;
end
$$;

grant usage on schema public to gateway_app;
grant select, insert, update on creditor_health to gateway_app;
-- The log is append-only for the gateway: no update of an entry or an event, no delete anywhere
-- but the outbox, which empties into the log.
revoke update on log_entry, event, message_guard, reply from gateway_app;
grant delete on log_outbox, idempotency, creditor_health to gateway_app;
