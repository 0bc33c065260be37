UPDATE subscription SET client_tokens_ended_at = '2026-01-01';
