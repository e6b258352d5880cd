-- Write a cluster if it is still as the writer read it, and the writer knows the level of the article that names it.
--
-- KEYS  cluster, record of the article that names it
-- ARGV  ticket that the writer read (0: none was there), shelf, seconds to live, level of the article
-- A shelf (cluster_codec.py) begins with the ticket that wrote it (8 bytes, low byte first).
-- Returns 1 if it was written.

local held = redis.call('GETRANGE', KEYS[1], 0, 7)
local ticket = held == '' and 0 or struct.unpack('<I8', held)
if ticket ~= tonumber(ARGV[1]) or ticket >= struct.unpack('<I8', ARGV[2]) then
    return 0
end
local LEVEL_AT, LEVEL = 16, 16 -- the upper half of that byte (codec.py)
local level = redis.call('GETRANGE', KEYS[2], LEVEL_AT, LEVEL_AT)
if level ~= '' and math.floor(string.byte(level) / LEVEL) > tonumber(ARGV[4]) then
    return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
