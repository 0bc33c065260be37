INSERT INTO signing_key (kid, alg, public_jwk, sealed_private, signs_from)
VALUES ('k1', 'ES256', '{"kty": "EC"}', decode('01', 'hex'), '2026-01-01'), ('k2', 'RS256', '{"kty": "RSA"}', decode('02', 'hex'), NULL);
