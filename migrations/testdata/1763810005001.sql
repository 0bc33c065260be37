UPDATE authorization_request SET decided_user_id = '11111111-1111-4111-8111-111111111111', decided_scopes = '{read}', authenticated_userid = 'crm-4711';
UPDATE device_authorization SET authenticated_userid = 'crm-4711';
UPDATE token_family SET authenticated_userid = 'crm-4711';
