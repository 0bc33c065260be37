INSERT INTO access_token (hash, bucket, subscription_id, auth_method_id, scopes, expires_at)
VALUES (decode('09', 'hex'), access_token_bucket(now() + interval '1 hour'), '22222222-2222-4222-8222-222222222222', 'local', '{read}', now() + interval '1 hour');
UPDATE access_token SET bucket = 3 WHERE hash = decode('09', 'hex');
