INSERT INTO mail_outbox (sealed, attempts, expires_at) VALUES (decode('08', 'hex'), 1, '2030-01-01');
