-- Submissions about one applicant take turns: each holds the row of its place until it is kept or given up.
create table turn (
    place bigint primary key
);
