INSERT INTO token_family (id, subscription_id, user_id, auth_method_id, scopes)
VALUES ('33333333-3333-4333-8333-333333333333', '22222222-2222-4222-8222-222222222222', '11111111-1111-4111-8111-111111111111', 'local', '{read}');
INSERT INTO authorization_code (hash, family_id, redirect_uri, code_challenge, expires_at)
VALUES (decode('04', 'hex'), '33333333-3333-4333-8333-333333333333', 'https://shop.example/callback', 'challenge', '2030-01-01');
INSERT INTO access_token (hash, subscription_id, family_id, auth_method_id, scopes, expires_at)
VALUES (decode('05', 'hex'), '22222222-2222-4222-8222-222222222222', '33333333-3333-4333-8333-333333333333', 'local', '{read}', '2030-01-01'),
       (decode('06', 'hex'), '22222222-2222-4222-8222-222222222222', NULL, 'local', '{}', '2030-01-01');
INSERT INTO refresh_token (hash, family_id, expires_at) VALUES (decode('07', 'hex'), '33333333-3333-4333-8333-333333333333', '2030-01-01');
