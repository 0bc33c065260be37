INSERT INTO application (id, name, client_type, redirect_uris, declared)
VALUES ('shop', 'Shop', 'confidential', '{https://shop.example/callback}', true);
INSERT INTO application_owner (application_id, email, role) VALUES ('shop', 'ann@example.com', 'owner');
