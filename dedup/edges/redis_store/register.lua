-- Keep an article's record and text, unless the version that is there is at least as new, or is of another article.
--
-- KEYS  record, text        ARGV  a blank head, record without head, text, seconds to live, id
-- A record is a head (where the article stands; zeros: nowhere yet), then: version of the codec (1 byte),
-- number of texts seen (2), updated (8, signed), digest of the words (8), ..., the id, links, and their number (1); all
-- low byte first. The links of an older version stay.
-- Returns the record that is there afterwards, or false if it is the one given.

local REF = 4
local blank, new, text, ttl, id = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

-- Texts seen, updated, and the digest of the words in two halves, the lower one first: one number would be rounded, and
-- strings are in the order of the server's locale.
local function age(record, offset)
    local _, versions, updated, low, high = struct.unpack('<BHi8I4I4', record, offset)
    return versions, updated, low, high
end

local held = redis.call('GET', KEYS[1])
if not held then
    redis.call('SET', KEYS[1], blank .. new, 'EX', ttl)
    redis.call('SET', KEYS[2], text, 'EX', ttl)
    return false
end
local near = string.sub(held, -1 - REF * string.byte(held, -1))
if string.sub(held, -#near - #id, -#near - 1) ~= id then -- two ids with one ref
    return held
end
local versions, updated, low, high = age(held, #blank + 1)
local _, new_updated, new_low, new_high = age(new, 1)
local is_higher = new_high > high or (new_high == high and new_low > low)
if new_updated < updated or (new_updated == updated and not is_higher) then
    return held
end
if new_low ~= low or new_high ~= high then
    versions = math.min(versions + 1, 65535)
end
local record = string.sub(held, 1, #blank) .. string.sub(new, 1, 1)
    .. struct.pack('<H', versions) .. string.sub(new, 4, -2) .. near
redis.call('SET', KEYS[1], record, 'EX', ttl)
redis.call('SET', KEYS[2], text, 'EX', ttl)
return record
