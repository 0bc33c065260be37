INSERT INTO user_account (id, email, password_hash, groups, validated, declared)
VALUES ('11111111-1111-4111-8111-111111111111', 'ann@example.com', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', '{admin,partners}', true, true);
