INSERT INTO user_session (id_hash, auth_method_id, user_id, expires_at)
VALUES (decode('01', 'hex'), 'local', '11111111-1111-4111-8111-111111111111', '2030-01-01');
INSERT INTO authorization_request (id_hash, browser_hash, auth_method_id, api_id, subscription_id, request, user_id, authenticated_at, consent_decision, consent_user_id,
  expires_at)
VALUES (decode('02', 'hex'), decode('03', 'hex'), 'local', 'orders', '22222222-2222-4222-8222-222222222222', '{"state": "x"}',
        '11111111-1111-4111-8111-111111111111', '2026-01-01', 'allowed', '11111111-1111-4111-8111-111111111111', '2030-01-01');
INSERT INTO consent (user_id, application_id, api_id, scopes) VALUES ('11111111-1111-4111-8111-111111111111', 'shop', 'orders', '{read}');
