UPDATE authorization_request SET decided_namespace = 'north' WHERE decided_user_id IS NOT NULL;
