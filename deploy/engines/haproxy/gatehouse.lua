-- Gatehouse's decisions in HAProxy, from 2.6 on (docs/engines.md).
--   http-request lua.gatehouse <URL of /authz>   asks about the call: refuses it, or prepares it for its upstream
--   http-response lua.gatehouse_answer           puts into the upstream's answer what plugins want there
-- Sets txn.gatehouse_api (API's id, to choose the backend by) and txn.gatehouse_host (Host to ask the upstream by).

local LATEST_MS = 5000

-- Of the client's connection, or said anew below; whatever the client sent under these names is not passed on.
local NOT_ASKED = {
  ["host"] = true, ["connection"] = true, ["keep-alive"] = true, ["proxy-connection"] = true, ["content-length"] = true,
  ["transfer-encoding"] = true, ["te"] = true, ["trailer"] = true, ["expect"] = true, ["upgrade"] = true,
  ["x-forwarded-method"] = true, ["x-forwarded-uri"] = true, ["x-forwarded-host"] = true, ["x-forwarded-proto"] = true,
  ["x-forwarded-for"] = true,
}

-- Of the gateway's answer to HAProxy, not of that to the client.
local NOT_ANSWERED = {
  ["connection"] = true, ["keep-alive"] = true, ["transfer-encoding"] = true, ["content-length"] = true, ["date"] = true,
  ["x-gatehouse-status"] = true,
}

-- In the upstream's answer: it says itself who may keep it.
local SAYS_WHO = { ["public"] = true, ["private"] = true, ["no-store"] = true, ["s-maxage"] = true, ["must-revalidate"] = true }

local ANSWER_PREFIX = "x-gatehouse-answer-"

local UNDECIDED = '{"type":"about:blank","title":"Service Unavailable","status":503,'
  .. '"detail":"The call cannot be checked at the moment. Try again shortly."}'

local function values(list)
  local all = {}
  for i = 0, #list do
    if list[i] ~= nil then all[#all + 1] = list[i] end
  end
  return all
end

local function first(headers, name)
  local list = headers[name]
  return list and values(list)[1]
end

local function names(list)
  return (list or ""):gmatch("[^,%s]+")
end

local function question(txn)
  local headers = {}
  for name, list in pairs(txn.http:req_get_headers()) do
    if not NOT_ASKED[name] then headers[name] = values(list) end
  end
  headers["x-forwarded-method"] = { txn.f:method() }
  headers["x-forwarded-uri"] = { txn.f:pathq() }
  headers["x-forwarded-host"] = { txn.sf:req_fhdr("host") }
  headers["x-forwarded-proto"] = { txn.f:ssl_fc() == 1 and "https" or "http" }
  headers["x-forwarded-for"] = { txn.sf:src() }
  return headers
end

local function send(txn, status, headers, body)
  local reply = txn:reply({ status = status })
  for name, list in pairs(headers) do
    for _, value in ipairs(list) do reply:add_header(name, value) end
  end
  if txn.f:method() ~= "HEAD" and body then reply:set_body(body) end
  txn:done(reply)
end

local function undecided(txn)
  send(txn, 503, { ["content-type"] = { "application/problem+json" }, ["cache-control"] = { "no-store" }, ["retry-after"] = { "2" } }, UNDECIDED)
end

local function refuse(txn, decision)
  local headers = {}
  for name, list in pairs(decision.headers) do
    if not NOT_ANSWERED[name] then headers[name] = values(list) end
  end
  send(txn, tonumber(first(decision.headers, "x-gatehouse-status")) or decision.status, headers, decision.body)
end

local function prepare(txn, decision)
  local said = decision.headers
  for name in names(first(said, "x-gatehouse-remove")) do txn.http:req_del_header(name) end
  for name in names(first(said, "x-gatehouse-add")) do
    txn.http:req_set_header(name, table.concat(values(said[name:lower()]), ", "))
  end
  -- The path is the one that was decided about.
  txn.http:req_set_uri(first(said, "x-gatehouse-upstream-uri"))
  txn:set_var("txn.gatehouse_api", first(said, "x-gatehouse-api"))
  txn:set_var("txn.gatehouse_host", first(said, "x-gatehouse-upstream-host"))

  local answer = { remove = {}, add = {}, private = first(said, "x-gatehouse-private") ~= nil }
  for name in names(first(said, "x-gatehouse-remove-answer")) do answer.remove[#answer.remove + 1] = name end
  for name, list in pairs(said) do
    if name:sub(1, #ANSWER_PREFIX) == ANSWER_PREFIX then answer.add[name:sub(#ANSWER_PREFIX + 1)] = values(list) end
  end
  txn:set_priv(answer)
end

local function says_who(txn)
  for _, value in ipairs(values(txn.http:res_get_headers()["cache-control"] or {})) do
    for directive in names(value:lower()) do
      if SAYS_WHO[directive:match("^[^=]*")] then return true end
    end
  end
  return false
end

core.register_action("gatehouse", { "http-req" }, function(txn, url)
  local decision = core.httpclient():get({ url = url, headers = question(txn), timeout = LATEST_MS })
  local said = decision and decision.headers or {}
  if not decision then
    undecided(txn)
  elseif decision.status == 200 and first(said, "x-gatehouse-api") then
    prepare(txn, decision)
  elseif first(said, "x-gatehouse-status") or first(said, "content-type") == "application/problem+json" then
    refuse(txn, decision)
  else
    -- Not the gateway's word: HAProxy's own answer where it cannot be reached.
    undecided(txn)
  end
end, 1)

core.register_action("gatehouse_answer", { "http-res" }, function(txn)
  local answer = txn:get_priv()
  if not answer then return end
  -- Shared caches know nothing of API keys.
  if answer.private and not says_who(txn) then txn.http:res_add_header("cache-control", "private") end
  for _, name in ipairs(answer.remove) do txn.http:res_del_header(name) end
  for name, list in pairs(answer.add) do
    for _, value in ipairs(list) do txn.http:res_add_header(name, value) end
  end
end)
