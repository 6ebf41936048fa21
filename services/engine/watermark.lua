-- Moves a partition's watermark from the offset that this worker last wrote to a new one.
--
-- KEYS: the watermark. ARGV: expected ('' for none), new.
-- Returns {'ok'}; or {'newer' or 'older', stored}, and then nothing was written.

local stored = redis.call('GET', KEYS[1]) or ''
if stored == ARGV[2] then
  return {'ok'}
end
if stored == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  return {'ok'}
end
if (tonumber(stored) or -1) > (tonumber(ARGV[1]) or -1) then
  return {'newer', stored}
end
return {'older', stored}
