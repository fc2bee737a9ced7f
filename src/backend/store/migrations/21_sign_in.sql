-- Failed tries to sign in, by the SHA-256 of the name that was typed: names that nobody has are slowed down as well, and a password
-- typed into the wrong field is not kept.
create table sign_in_failure (
    name text primary key,
    failures bigint not null,
    -- no try is looked at before
    not_before bigint not null
);
create index sign_in_failure_not_before on sign_in_failure (not_before);

alter table clerk drop column failures;
alter table clerk drop column not_before;

-- Refresh tokens that were traded in: whoever comes with one again ends the session.
create table spent_token (
    digest text primary key,
    session text not null
);
create index spent_token_session on spent_token (session);
