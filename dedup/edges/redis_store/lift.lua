-- Raise the level of an article, if all that is known of it is as it was read.
--
-- KEYS  record, links, cluster
-- ARGV  level, the ticket of its placement, number of its links (link.lua), the ticket of the cluster that it names (0:
--       none)
-- Returns 1 if it has the level now (or a higher one).

local REF, LEVEL_AT, LEVEL = 4, 17, 16 -- the upper half of that byte (codec.py)
local placement = redis.call('GETRANGE', KEYS[1], 0, LEVEL_AT - 1)
local cluster = redis.call('GETRANGE', KEYS[3], 0, 7)
if #placement < LEVEL_AT then
    return 1 -- it has expired
end
local links = string.byte(redis.call('GETRANGE', KEYS[1], -1, -1)) + redis.call('STRLEN', KEYS[2]) / REF
if struct.unpack('<I8', placement) ~= tonumber(ARGV[2])
    or links ~= tonumber(ARGV[3])
    or (cluster == '' and 0 or struct.unpack('<I8', cluster)) ~= tonumber(ARGV[4]) then
    return 0
end
local held = string.byte(placement, LEVEL_AT)
if math.floor(held / LEVEL) < tonumber(ARGV[1]) then
    redis.call('SETRANGE', KEYS[1], LEVEL_AT - 1, string.char(ARGV[1] * LEVEL + held % LEVEL))
end
return 1
