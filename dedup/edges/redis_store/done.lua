-- Acknowledge entries of the inbox, strike them out, and count those that were still there: in one step, so that each
-- is counted once, whoever dies in between and however often it is sent.
--
-- KEYS  the inbox, counts (of one slot)
-- ARGV  the consumer group, how many names follow, the names to count under, ids
-- Returns how many were still there.

local AT_ONCE = 1000 -- what a command is given: Lua's stack has room for 8,000 words
local struck, first = 0, 3 + ARGV[2]
for from = first, #ARGV, AT_ONCE do
    local to = math.min(from + AT_ONCE - 1, #ARGV)
    redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, from, to))
    struck = struck + redis.call('XDEL', KEYS[1], unpack(ARGV, from, to))
end
if struck > 0 then
    for at = 3, first - 1 do
        redis.call('HINCRBY', KEYS[2], ARGV[at], struck)
    end
end
return struck
