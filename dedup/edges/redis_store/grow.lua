-- Make one more shard of a partition, of one of those that there are (see post.lua).
--
-- KEYS  partition, the shard that is divided, the new one
-- ARGV  FEWEST, the number of shards that the writer knows of, seconds to live
-- Returns 1, or 0 if there is another number of shards by now.

local FEWEST, ENTRY = tonumber(ARGV[1]), 7
local MARK, NOTHING = string.rep('\0', 5), string.rep('\0', ENTRY)
local shards = tonumber(redis.call('GET', KEYS[1]) or FEWEST)
if shards ~= tonumber(ARGV[2]) then
    return 0
end
redis.call('SET', KEYS[1], shards + 1, 'EX', ARGV[3])
local shard = redis.call('GET', KEYS[2])
if not shard then
    return 1
end
local whole = FEWEST
while whole * 2 <= shards do
    whole = whole * 2
end
local step = whole / FEWEST -- the bit of a field that tells the two shards apart
local halves = {{}, {}}
local begun = {0, 0} -- entries of each half at its last mark
for at = 1, #shard - ENTRY + 1, ENTRY do
    local entry = string.sub(shard, at, at + ENTRY - 1)
    if entry == NOTHING then
        break
    elseif string.sub(entry, 3) == MARK then
        for side, half in ipairs(halves) do
            if #half > begun[side] then
                half[#half + 1] = entry
                begun[side] = #half
            end
        end
    else
        local high, middle, low = string.byte(entry, 1, 3)
        local side = math.floor((high * 65536 + middle * 256 + low) / step) % 2 + 1
        halves[side][#halves[side] + 1] = entry
    end
end
local left_ms = redis.call('PTTL', KEYS[2])
for side, half in ipairs(halves) do
    if #half > 0 then
        redis.call('SET', KEYS[side + 1], table.concat(half), 'PX', left_ms)
    else
        redis.call('DEL', KEYS[side + 1])
    end
end
return 1
