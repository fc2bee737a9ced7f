-- Uploads (tus) under way and done. The bytes are objects outside of the database.
create table upload (
    id text primary key,
    clerk text not null references clerk (name),
    site text not null,
    length bigint not null,
    received bigint not null,
    -- what the client says that the whole will have; empty: it did not say
    digest text not null,
    media_type text not null,
    -- Upload-Metadata as it came
    metadata text not null,
    -- open, done, gone
    state text not null,
    expires_at bigint not null
);
create index upload_clerk on upload (clerk, state);
create index upload_expires on upload (expires_at);

create table upload_part (
    upload text not null references upload (id),
    first_byte bigint not null,
    object text not null,
    primary key (upload, first_byte)
);

-- What was uploaded whole, by site and content.
create table attachment (
    site text not null,
    -- SHA-256, 64 hex digits
    digest text not null,
    length bigint not null,
    media_type text not null,
    object text not null,
    received_at bigint not null,
    -- 1 as soon as a request names it: from then on it is kept
    named bigint not null default 0,
    primary key (site, digest)
);
create index attachment_unnamed on attachment (named, received_at);

-- Objects that nothing refers to any more, until they are removed.
create table discarded_object (
    object text primary key
);
