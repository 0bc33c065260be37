INSERT INTO email_link (hash, kind, user_id, password_hash, expires_at)
VALUES (decode('0a', 'hex'), 'verify-email', '11111111-1111-4111-8111-111111111111', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', '2030-01-01');
