-- A case's way through the department, and what is counted about it.

alter table request_case add column department text not null default '';
-- sign-in name of the clerk who took it
alter table request_case add column clerk text not null default '';
-- the limit: days (-1: none is set) and their unit
alter table request_case add column limit_days bigint not null default -1;
alter table request_case add column limit_unit text not null default 'working';
-- the clock: day from which it runs, day since which it stands still, days for which it stood still before
alter table request_case add column runs_from text not null default '';
alter table request_case add column paused_since text not null default '';
alter table request_case add column paused_days bigint not null default 0;
-- last day on which a supplement may be asked for
alter table request_case add column tell_by text not null default '';
alter table request_case add column owing bigint not null default 0;
-- days of Beijing
alter table request_case add column received_on text not null default '';
alter table request_case add column decided_on text not null default '';
alter table request_case add column decided_at bigint not null default 0;
-- 四减: what the item's list asks for, what was really handed in, the legal limit in working days, steps and trips
alter table request_case add column materials_listed bigint not null default 0;
alter table request_case add column materials_taken bigint not null default 0;
alter table request_case add column legal_days bigint not null default -1;
alter table request_case add column steps bigint not null default 0;
alter table request_case add column trips bigint not null default 0;
create index request_case_tell_by on request_case (tell_by) where tell_by <> '';
create index request_case_received_on on request_case (received_on, site);

alter table case_event add column action text not null default 'receive';
-- what was said with the action beside the note, JSON
alter table case_event add column details text not null default '{}';

-- what a citizen prepared elsewhere, until it is fetched
create table prefill (
    code text primary key,
    content text not null,
    made_at bigint not null,
    valid_until bigint not null,
    -- who fetched it, and when; empty and 0: nobody yet
    fetched_by text not null default '',
    fetched_at bigint not null default 0
);

-- what still sits at a desk: ids, digests, ages, states
create table manifest (
    site text not null,
    station text not null,
    reported_at bigint not null,
    clerk text not null,
    content text not null,
    primary key (site, station)
);
