-- Write where an article stands at the head of its record, unless a higher ticket has, or it has a higher level; let all
-- that is kept of it live on.
--
-- KEYS  record, text, links, cluster
-- ARGV  placement (the first 8 bytes are the ticket, low byte first), seconds to live, where the article has just been
--       listed among the arrivals (8 bytes, the first 6 milliseconds, high first; none if it was not), and the
--       milliseconds since when a listing is good: an older one, or none, is replaced (it stands after the placement).
-- Returns 1 if it was written, 0 if not (or if the record has expired), -1 if it has a higher level; the old listing
--         (zeros: none) if it was written, but must be listed and placed once more.

local LEVEL_AT, LEVEL = 17, 16 -- the upper half of that byte (codec.py)
local LISTED_AT = #ARGV[1] + 1
local held = redis.call('GETRANGE', KEYS[1], 0, LISTED_AT + 6)
if #held < LISTED_AT + 7 then
    return 0
end
if math.floor(string.byte(held, LEVEL_AT) / LEVEL) > math.floor(string.byte(ARGV[1], LEVEL_AT) / LEVEL) then
    return -1
end
if struct.unpack('<I8', held) > struct.unpack('<I8', ARGV[1]) then
    return 0
end
local is_old = struct.unpack('>I6', held, LISTED_AT) < tonumber(ARGV[4])
if is_old and ARGV[3] ~= '' then
    redis.call('SETRANGE', KEYS[1], 0, ARGV[1] .. ARGV[3])
    redis.call('EXPIRE', KEYS[1], ARGV[2])
    redis.call('EXPIRE', KEYS[2], ARGV[2])
    return 1 -- links and cluster have just been written, if there are any, or this was called just before
end
redis.call('SETRANGE', KEYS[1], 0, ARGV[1])
for _, key in ipairs(KEYS) do
    redis.call('EXPIRE', key, ARGV[2])
end
return is_old and string.sub(held, LISTED_AT) or 1
