-- When temporary licenses end, without reading the licenses themselves: the first page draws them by week.
create index licenses_temporary on licenses (status, gone_at, expires_at) where status = 1 and gone_at is null;
