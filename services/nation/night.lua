-- Writes the night of one election, all or nothing.
--
-- In the mode `commit` it is written only if Redis has the expected offset. In the mode `rebuild`
-- it is replaced, unless Redis has it from a later offset.
--
-- KEYS: the national totals, the state, the feed, the ids of the night's entries in the feed.
-- ARGV: mode (commit or rebuild), feed length, nights that the feed keeps, expected offset ('' for
--       none), new offset, partition, version, head, national totals of the night ('' for unchanged),
--       number of parts, then name and JSON of each ('' for gone), number of councils, then id and state of
--       each, number of alerts, then the JSON of each.
-- Returns {'ok'}; or {'newer' or 'older', stored offset}, and then nothing was written.

local totals_key, state_key, feed_key, entries_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local rebuild = ARGV[1] == 'rebuild'
local feed_length, nights_max = ARGV[2], tonumber(ARGV[3])
local expected, offset, partition, version, head = ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local night = ARGV[9]
local at = 10

local function take()
  at = at + 1
  return ARGV[at - 1]
end

local stored = redis.call('HGET', state_key, 'offset') or ''
local newer = stored ~= '' and tonumber(stored) > tonumber(offset)
if rebuild then
  if newer then
    return {'ok'}
  end
elseif stored == offset then
  -- This worker's own write, whose answer was lost, or another worker's with the same bytes.
  return {'ok'}
elseif newer then
  return {'newer', stored}
elseif stored ~= expected then
  return {stored ~= '' and tonumber(stored) > (tonumber(expected) or -1)
    and 'newer' or 'older', stored}
elseif tonumber(redis.call('HGET', state_key, 'version') or '0') > 0
  and redis.call('HEXISTS', totals_key, 'night') == 0 then
  return {'older', stored}
end

-- Totals that have not changed are not published again.
local publish = night ~= ''
  and not (rebuild and redis.call('HGET', totals_key, 'night') == night)
if rebuild then
  redis.call('DEL', totals_key, state_key)
end
if night ~= '' then
  redis.call('HSET', totals_key, 'night', night)
end
for _ = 1, tonumber(take()) do
  local name, totals = take(), take()
  if totals == '' then
    redis.call('HDEL', totals_key, name)
  else
    redis.call('HSET', totals_key, name, totals)
  end
end
redis.call('HSET', state_key, 'offset', offset, 'partition', partition, 'version', version,
  'head', head)
for _ = 1, tonumber(take()) do
  local council = take()
  redis.call('HSET', state_key, council, take())
end
if publish then
  -- A later night says all that an earlier one said, so the feed keeps few of them.
  redis.call('RPUSH', entries_key, redis.call('XADD', feed_key, 'MAXLEN', '~', feed_length, '*',
    'type', 'national', 'council', '', 'data', night))
  if redis.call('LLEN', entries_key) > nights_max then
    redis.call('XDEL', feed_key, redis.call('LPOP', entries_key))
  end
end
for _ = 1, tonumber(take()) do
  local alert = take()
  if not rebuild then
    redis.call('XADD', feed_key, 'MAXLEN', '~', feed_length, '*',
      'type', 'alert', 'council', '', 'data', alert)
  end
end
return {'ok'}
