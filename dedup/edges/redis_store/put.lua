-- Append entries to the inbox, if any, and count: all of it or nothing, and once however often it is sent.
--
-- KEYS  what marks this call, the inbox, counts (of one slot)
-- ARGV  seconds to remember the call, how many words of names and numbers follow, name, number, ..., and the entries
-- Returns 1, or 0 if it has been done before.

-- The mark is set first: where memory is full it is the mark that is refused, and a script that has begun to write is
-- let through to its end.
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then
    return 0
end
local last = 2 + ARGV[2]
for at = 3, last, 2 do
    redis.call('HINCRBY', KEYS[3], ARGV[at], ARGV[at + 1])
end
for at = last + 1, #ARGV do
    redis.call('XADD', KEYS[2], '*', 's', ARGV[at])
end
return 1
