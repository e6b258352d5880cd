-- Move a bookmark behind one part more, and count that part: both or neither, and once however often it is sent.
--
-- KEYS  bookmark, counts (of one slot)     ARGV  run, parts by now, the bookmark, seconds to live, name, number, ...
-- Returns 1, or 0 if the bookmark is of another run, or gone.

local held = redis.call('HMGET', KEYS[1], 'r', 'p')
if held[1] ~= ARGV[1] then
    return 0
end
if tonumber(held[2]) < tonumber(ARGV[2]) then
    redis.call('HSET', KEYS[1], 'p', ARGV[2], 'b', ARGV[3])
    for at = 5, #ARGV, 2 do
        redis.call('HINCRBY', KEYS[2], ARGV[at], ARGV[at + 1])
    end
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
