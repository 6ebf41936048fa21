-- Writes the changed councils of one election in a batch, all or nothing.
--
-- In the mode `commit` a council is written only if Redis has its expected offset. In the mode
-- `rebuild` it is replaced, unless Redis has it from a later offset.
--
-- KEYS: the election's councils, its feed, then for each council its hash, wards, alerts and
--       certificates.
-- ARGV: mode (commit or rebuild), feed length, certificates kept, then for each council: id,
--       expected offset ('' for none), new offset, version, partition, state, totals ('' for none),
--       origin, number of wards, then ballot and JSON ('' for gone) of each, number of alerts, then
--       the JSON and the origin of each, places of facts (JSON), number of certificates, then the
--       JSON of each. An origin is two: when Kafka had the declaration, in ms since 1970, and its
--       traceparent; '' for none. It goes into the feed's entries only.
-- Returns {'ok'}; or {'newer' or 'older', council, stored offset}, and then nothing was written.

local rebuild = ARGV[1] == 'rebuild'
local feed_length = ARGV[2]
local certificates_max = tonumber(ARGV[3])
local councils = {}
local at = 4

local function take()
  at = at + 1
  return ARGV[at - 1]
end

for key = 3, #KEYS, 4 do
  local council = {
    hash = KEYS[key], wards_key = KEYS[key + 1], alerts_key = KEYS[key + 2],
    certificates_key = KEYS[key + 3],
    id = take(), expected = take(), offset = take(), version = take(), partition = take(),
    state = take(), totals = take(), origin = {take(), take()}, wards = {}, alerts = {},
    certificates = {},
  }
  for i = 1, tonumber(take()) do
    council.wards[i] = {take(), take()}
  end
  for i = 1, tonumber(take()) do
    council.alerts[i] = {take(), {take(), take()}}
  end
  council.places = take()
  for i = 1, tonumber(take()) do
    council.certificates[i] = take()
  end
  local stored = redis.call('HGET', council.hash, 'offset') or ''
  local newer = stored ~= '' and tonumber(stored) > tonumber(council.offset)
  if rebuild then
    council.done = newer
  elseif stored == council.offset then
    -- This worker's own write, whose answer was lost, or another worker's with the same bytes.
    council.done = true
  elseif newer then
    return {'newer', council.id, stored}
  elseif stored ~= council.expected then
    return {stored ~= '' and tonumber(stored) > (tonumber(council.expected) or -1)
      and 'newer' or 'older', council.id, stored}
  end
  councils[#councils + 1] = council
end

local function feed(kind, council, data, origin)
  local fields = {'type', kind, 'council', council, 'data', data}
  for i, name in ipairs({'declaration_ms', 'traceparent'}) do
    if origin[i] ~= '' then
      fields[#fields + 1] = name
      fields[#fields + 1] = origin[i]
    end
  end
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', feed_length, '*', unpack(fields))
end

for _, council in ipairs(councils) do
  if not council.done then
    local publish = council.totals ~= ''
    if rebuild then
      -- Totals that have not changed are not published again.
      publish = publish and redis.call('HGET', council.hash, 'totals') ~= council.totals
      redis.call('DEL', council.wards_key, council.alerts_key, council.certificates_key)
    end
    redis.call('SADD', KEYS[1], council.id)
    redis.call('HSET', council.hash, 'state', council.state, 'version', council.version,
      'offset', council.offset, 'partition', council.partition, 'places', council.places)
    for _, certificate in ipairs(council.certificates) do
      redis.call('RPUSH', council.certificates_key, certificate)
      redis.call('LTRIM', council.certificates_key, -certificates_max, -1)
    end
    if council.totals ~= '' then
      redis.call('HSET', council.hash, 'totals', council.totals)
    end
    for _, ward in ipairs(council.wards) do
      if ward[2] == '' then
        if redis.call('HDEL', council.wards_key, ward[1]) == 1 then
          feed('ward_gone', council.id, '{"council":' .. cjson.encode(council.id)
            .. ',"ballot_paper_id":' .. cjson.encode(ward[1]) .. '}', council.origin)
        end
      else
        redis.call('HSET', council.wards_key, ward[1], ward[2])
        if not rebuild then
          feed('ward', council.id, ward[2], council.origin)
        end
      end
    end
    if publish then
      feed('totals', council.id, council.totals, council.origin)
    end
    for _, alert in ipairs(council.alerts) do
      redis.call('RPUSH', council.alerts_key, alert[1])
      if publish then
        feed('alert', council.id, alert[1], alert[2])
      end
    end
  end
end
return {'ok'}
