INSERT INTO registration (user_id, pool_id, namespace, properties)
VALUES ('11111111-1111-4111-8111-111111111111', 'customers', 'north', '{"name": "Ann"}');
UPDATE token_family SET namespace = 'north';
