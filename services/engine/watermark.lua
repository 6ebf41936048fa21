-- Moves a partition's watermark from the offset that this worker last wrote to a new one, and its
-- Merkle tree with it, so that no crash can leave one without the other.
--
-- KEYS: the watermark, and the hash of trees if there is a tree to write.
-- ARGV: expected ('' for none), new, and then the tree's partition and JSON.
-- Returns {'ok'}; or {'newer' or 'older', stored}, and then nothing was written.

local function write_tree()
  if KEYS[2] then
    redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
  end
end

local stored = redis.call('GET', KEYS[1]) or ''
if stored == ARGV[2] then
  -- Up to one offset there is one tree: a repeated write changes nothing, and a rebuild mends it.
  write_tree()
  return {'ok'}
end
if stored == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  write_tree()
  return {'ok'}
end
if (tonumber(stored) or -1) > (tonumber(ARGV[1]) or -1) then
  return {'newer', stored}
end
return {'older', stored}
