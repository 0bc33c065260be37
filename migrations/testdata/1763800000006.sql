INSERT INTO change_event (txid, kind, subject_id) VALUES (pg_current_xact_id()::text::bigint, 'application', 'shop');
