UPDATE authorization_code SET nonce = 'n-0S6_WzA2Mj';
