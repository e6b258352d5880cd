-- Write a cluster if it is still as the writer read it.
--
-- KEYS  cluster     ARGV  ticket that the writer read (0: none was there), new ticket, cluster, pending events, seconds to live
-- A cluster is a hash: t, the ticket that wrote it; b, its members; o, events that may not have been published yet.
-- Returns 1 if it was written.

local held = tonumber(redis.call('HGET', KEYS[1], 't') or '0')
if held ~= tonumber(ARGV[1]) or held >= tonumber(ARGV[2]) then
    return 0
end
redis.call('HSET', KEYS[1], 't', ARGV[2], 'b', ARGV[3])
if ARGV[4] == '' then
    redis.call('HDEL', KEYS[1], 'o')
else
    redis.call('HSET', KEYS[1], 'o', ARGV[4])
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
