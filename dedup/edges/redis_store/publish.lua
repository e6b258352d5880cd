-- Append events to their stream, numbered without a gap: who was told of one, and then of another, knows by their
-- numbers whether any between them are gone, also if all were.
--
-- KEYS  events, the number of the last one
-- ARGV  the most entries to keep (about), entries before these milliseconds are older than the window, seconds to live,
--       and the events
-- The id of an entry is when it was appended (milliseconds, never less than before), and its number.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local moment = math.max(now, last and tonumber(string.match(last[1], '^%d+')) or 0)
local number = tonumber(redis.call('GET', KEYS[2]) or 0)
for place = 4, #ARGV do
    number = number + 1
    redis.call('XADD', KEYS[1], string.format('%.0f-%.0f', moment, number), 'e', ARGV[place])
end
redis.call('SET', KEYS[2], string.format('%.0f', number))
redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[1])
redis.call('XTRIM', KEYS[1], 'MINID', '~', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return number
