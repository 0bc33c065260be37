INSERT INTO device_authorization (hash, user_code, subscription_id, auth_method_id, scopes, poll_interval, decision, user_id, expires_at)
VALUES (decode('08', 'hex'), 'BCDFGHJK', '22222222-2222-4222-8222-222222222222', 'local', '{read}', 5, 'approved', '11111111-1111-4111-8111-111111111111', '2030-01-01');
INSERT INTO failure_count (key, failures, resets_at) VALUES ('device:192.0.2.1', 3, '2030-01-01');
