-- How often each of some entries of a stream has been handed out. (A script, because clients take the answer to XPENDING
-- apart in ways of their own.)
--
-- KEYS  stream     ARGV  the consumer group, ids
-- Returns a number an id, 1 for one that is not pending.

local counts = {}
for number = 2, #ARGV do
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[number], ARGV[number], 1)
    counts[#counts + 1] = pending[1] and pending[1][4] or 1
end
return counts
