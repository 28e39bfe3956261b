-- What people change of a company's clients makes every import that waits for one of its servers be compared anew. That was
-- counted on each of the servers, so that two such changes at once held them in different orders and waited for each other.
alter table companies add column revision integer not null default 0;
