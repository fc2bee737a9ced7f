-- The audit log. An entry is written with the act itself, in its transaction, and waits here until it is linked into the chain.
create table audit_waiting (
    id text primary key,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null
);

-- The chain: nothing is ever changed or removed.
create table audit (
    seq bigint primary key,
    id text not null unique,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    -- SM3 of the hash before and of this entry
    hash text not null
);

-- Its end, one row; who links holds it.
create table audit_end (
    only_one bigint primary key,
    seq bigint not null,
    hash text not null
);
insert into audit_end (only_one, seq, hash) values (1, 0, '');
