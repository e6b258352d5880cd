-- Write where an article stands at the head of its record, unless a higher ticket has, or it has a higher level; let all
-- that is kept of it live on.
--
-- KEYS  record, text, links, cluster
-- ARGV  placement (the first 8 bytes are the ticket, low byte first), seconds to live, and, if the article was just
--       listed among the arrivals, where (8 bytes): kept after the placement unless the article is listed already.
-- Returns 1 if it was written, 0 if not (or if the record has expired), -1 if it has a higher level.

local LEVEL_AT, LEVEL = 17, 16 -- the upper half of that byte (codec.py)
local held = redis.call('GETRANGE', KEYS[1], 0, LEVEL_AT - 1)
if #held < LEVEL_AT then
    return 0
end
if math.floor(string.byte(held, LEVEL_AT) / LEVEL) > math.floor(string.byte(ARGV[1], LEVEL_AT) / LEVEL) then
    return -1
end
if struct.unpack('<I8', held) > struct.unpack('<I8', ARGV[1]) then
    return 0
end
if ARGV[3] ~= '' and redis.call('GETRANGE', KEYS[1], #ARGV[1], #ARGV[1] + 7) == string.rep('\0', 8) then
    redis.call('SETRANGE', KEYS[1], 0, ARGV[1] .. ARGV[3])
    redis.call('EXPIRE', KEYS[1], ARGV[2])
    redis.call('EXPIRE', KEYS[2], ARGV[2])
    return 1 -- links and cluster have just been written, if there are any
end
redis.call('SETRANGE', KEYS[1], 0, ARGV[1])
for _, key in ipairs(KEYS) do
    redis.call('EXPIRE', key, ARGV[2])
end
return 1
