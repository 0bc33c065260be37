INSERT INTO audit_event (kind, actor, subject) VALUES ('key-rotated', 'system', 'key:new'), ('key-rotated', 'system', 'key:newer');
