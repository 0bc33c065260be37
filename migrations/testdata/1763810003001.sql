INSERT INTO audit_event (kind, actor, subject, address, details)
VALUES ('login', 'user:11111111-1111-4111-8111-111111111111', 'user:11111111-1111-4111-8111-111111111111', '192.0.2.1', '{"authMethod": "local"}');
