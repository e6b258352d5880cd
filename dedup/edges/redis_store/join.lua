-- Make the consumer group of the inbox, unless it is there, and forget the consumers that have been idle for so long
-- and hold nothing. (In one step: an entry that is pending would be lost with its consumer.)
--
-- KEYS  the inbox     ARGV  the consumer group, milliseconds
-- Returns how many were forgotten.

local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
if made.err and not string.find(made.err, 'BUSYGROUP', 1, true) then
    return made
end
local gone = 0
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local of = {}
    for at = 1, #consumer, 2 do
        of[consumer[at]] = consumer[at + 1]
    end
    if of.pending == 0 and of.idle > tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], of.name)
        gone = gone + 1
    end
end
return gone
