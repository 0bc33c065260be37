INSERT INTO failure_count (key, failures, undecided, resets_at) VALUES ('login-account:undecided', 2, 1, now());
