-- The catalogue in editions. An item's row stays when the item is withdrawn: it is the tombstone that clients ask for.

create table catalogue_edition (
    seq bigint primary key,
    lineage text not null,
    head text not null,
    published_at bigint not null
);

create table catalogue_item (
    code text primary key,
    item_id text not null,
    body text not null,
    digest text not null,
    -- the edition of its last change
    changed bigint not null,
    removed bigint not null,
    successor text not null
);
create index catalogue_item_changed on catalogue_item (changed);

create table catalogue_site (
    id text primary key,
    body text not null
);

create table catalogue_bundle (
    code text primary key,
    body text not null,
    digest text not null,
    changed bigint not null,
    removed bigint not null
);

-- Forms and code lists: a version is published once and never changes.
create table catalogue_document (
    kind text not null,
    name text not null,
    body text not null,
    digest text not null,
    primary key (kind, name)
);
