INSERT INTO user_account (email, password_declared) VALUES ('declared@example.com', true);
