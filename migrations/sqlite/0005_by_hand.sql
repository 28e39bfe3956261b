-- What people recorded, to be found among a million rows when an export shows it for the first time.
create index key_packs_by_hand on key_packs (server_id, id) where entered_by_hand = 1;
create index licenses_by_hand on licenses (key_pack_id, client_id, id) where entered_by_hand = 1;
