-- The day of acceptance (受理) in Beijing, which stays when the case goes on.
alter table request_case add column accepted_on text not null default '';
