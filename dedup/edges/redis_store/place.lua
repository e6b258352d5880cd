-- Write where an article stands at the head of its record, unless a higher ticket has; let all that is kept of it live on.
--
-- KEYS  record, text, links, cluster
-- ARGV  placement (the first 8 bytes are the ticket, low byte first), seconds to live, and, if the article was just
--       listed among the arrivals, where (8 bytes): kept after the placement unless the article is listed already.
-- Returns 1 if it was written, 0 if not (or if the record has expired).

local held = redis.call('GETRANGE', KEYS[1], 0, 7)
if #held < 8 then
    return 0
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
