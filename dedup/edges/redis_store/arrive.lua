-- List articles among the arrivals: one entry for all of them, as most of an entry is the same however much is in it.
--
-- KEYS  arrivals     ARGV  refs in a row, bytes of one, ids of entries before this are older than the window, seconds to
--                          live
-- An entry has the refs (r) and how many had arrived before them (n). Returns its id.

local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local before = last and last[2][4] + #last[2][2] / ARGV[2] or 0
local id = redis.call('XADD', KEYS[1], '*', 'r', ARGV[1], 'n', string.format('%.0f', before))
redis.call('XTRIM', KEYS[1], 'MINID', '~', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return id
