UPDATE token_family SET authenticated_at = '2026-01-01';
