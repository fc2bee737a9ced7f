-- Only text, bigint, double precision and bytea: the types that SQLite and PostgreSQL share.
-- Instants are milliseconds since 1970, yes and no are 1 and 0, JSON is text.

create table setting (
    name text primary key,
    value text not null
);

create table clerk (
    name text primary key,
    display text not null,
    site text not null,
    counter text not null,
    role text not null,
    password text not null,
    failures bigint not null default 0,
    not_before bigint not null default 0,
    disabled bigint not null default 0
);

create table session (
    id text primary key,
    clerk text not null references clerk (name),
    access text not null unique,
    access_until bigint not null,
    refresh text not null unique,
    refresh_until bigint not null,
    -- the refresh token before this one: a lost answer may ask with it for a short while
    previous text not null default '',
    rotated_at bigint not null
);
create index session_clerk on session (clerk);
create index session_previous on session (previous);

create table sequence (
    name text primary key,
    value bigint not null
);

create table idempotency (
    request_id text primary key,
    digest text not null,
    claimed_at bigint not null
);

create table request (
    id text primary key references idempotency (request_id),
    request_no text not null unique,
    site text not null,
    clerk text not null references clerk (name),
    received_at bigint not null,
    -- canonical JSON, as submitted
    document text not null,
    -- the answer given, repeated to whoever asks again
    answer text not null
);

create table request_case (
    case_no text primary key,
    request_no text not null references request (request_no),
    item_code text not null,
    item_name text not null,
    site text not null,
    -- masked
    applicant text not null,
    -- digest of the applicant's identity number
    applicant_key text not null,
    status text not null,
    closed bigint not null,
    version bigint not null,
    received_at bigint not null,
    updated_at bigint not null,
    due text not null default ''
);
create index request_case_request on request_case (request_no);
create index request_case_site on request_case (site, updated_at, case_no);
create index request_case_updated on request_case (updated_at, case_no);
create index request_case_applicant on request_case (applicant_key, item_code, site, closed);

create table case_event (
    case_no text not null references request_case (case_no),
    seq bigint not null,
    status text not null,
    at bigint not null,
    actor text not null,
    note text not null,
    primary key (case_no, seq)
);
