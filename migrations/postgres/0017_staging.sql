-- Staged licenses lie in the order of the files, and so does what tells them by their outcome: each row is written beside
-- the one before it. By key pack and license ID they are asked for twice an import, and sorted then.
drop index import_licenses_key;
drop index import_licenses_outcome;
create index import_licenses_outcome on import_licenses (import_id, outcome, n);
