INSERT INTO scope_lookup (url, scopes) VALUES ('https://scopes.internal/orders', '[["read", "Read orders"]]');
