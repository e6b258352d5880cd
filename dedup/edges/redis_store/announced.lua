-- Forget the events of a cluster that have been published, unless it was written anew since.
--
-- KEYS  cluster     ARGV  the ticket whose events were published
-- A shelf (cluster_codec.py) is its ticket (8 bytes), the length of the cluster (4), the last renewal (16), the
-- cluster, and the events.

local HEAD = 28
local held = redis.call('GET', KEYS[1])
if not held then
    return 0
end
local ticket, size = struct.unpack('<I8I4', held)
if ticket ~= tonumber(ARGV[1]) or #held == HEAD + size then
    return 0
end
redis.call('SET', KEYS[1], string.sub(held, 1, HEAD + size), 'KEEPTTL')
return 1
