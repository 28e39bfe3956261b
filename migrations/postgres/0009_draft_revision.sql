-- A call's draft is merged field by field with what stands there; nothing counts its revisions any more.
alter table calls drop column draft_revision;
