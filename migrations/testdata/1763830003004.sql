UPDATE refresh_token SET repeats = 1 WHERE consumed_at IS NOT NULL;
