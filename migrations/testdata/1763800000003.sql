INSERT INTO subscription (id, application_id, api_id, plan_id, trusted, allowed_scopes, client_id, declared)
VALUES ('22222222-2222-4222-8222-222222222222', 'shop', 'orders', 'basic', false, '{read}', 'shop-orders', true);
INSERT INTO client_secret (subscription_id, hash) VALUES ('22222222-2222-4222-8222-222222222222', decode('aa', 'hex'));
INSERT INTO api_key (subscription_id, hash, expires_at) VALUES ('22222222-2222-4222-8222-222222222222', decode('bb', 'hex'), '2030-01-01');
