-- List articles among the arrivals: one entry for all of them, as most of an entry is the same however much is in it.
--
-- KEYS  arrivals, and, if some have been listed before: how many of its articles are listed further on too, by when they were listed before
-- ARGV  refs in a row, bytes of one, entries before these milliseconds list nobody that is still there, seconds to live,
--       and then: milliseconds, how many of these were listed before at that time, and so on
-- An entry has the refs (r) and how many had arrived before them (n). Returns its id.

local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local before = last and last[2][4] + #last[2][2] / ARGV[2] or 0
local id = redis.call('XADD', KEYS[1], '*', 'r', ARGV[1], 'n', string.format('%.0f', before))
redis.call('XTRIM', KEYS[1], 'MINID', '~', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
if #ARGV > 4 then
    for each = 5, #ARGV, 2 do
        redis.call('HINCRBY', KEYS[2], ARGV[each], ARGV[each + 1])
    end
    for _, moment in ipairs(redis.call('HKEYS', KEYS[2])) do
        if tonumber(moment) < tonumber(ARGV[3]) then
            redis.call('HDEL', KEYS[2], moment)
        end
    end
    redis.call('EXPIRE', KEYS[2], ARGV[4])
end
return id
