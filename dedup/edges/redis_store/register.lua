-- Keep an article's record and text, unless the version that is there is at least as new, or is of another article.
--
-- KEYS  record, text        ARGV  a blank head, record without head, text, seconds to live, id
-- A record is a head (where the article stands; zeros: nowhere yet), then: version of the codec (1 byte),
-- number of texts seen (2), updated (8, signed), digest of the words (8), ..., the id, links, and their number (1); all
-- low byte first. The links of an older version stay.
-- Returns the record that is there afterwards, or false if it is the one given.

local REF = 4
local blank, new, text, ttl, id = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local function age(record, offset)
    local _, versions, updated = struct.unpack('<BHi8', record, offset)
    -- The digest is compared as bytes, highest first, because Lua's numbers would round it.
    return versions, updated, string.reverse(string.sub(record, offset + 11, offset + 18))
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
local versions, updated, words = age(held, #blank + 1)
local _, new_updated, new_words = age(new, 1)
if new_updated < updated or (new_updated == updated and new_words <= words) then
    return held
end
if new_words ~= words then
    versions = math.min(versions + 1, 65535)
end
local record = string.sub(held, 1, #blank) .. string.sub(new, 1, 1)
    .. struct.pack('<H', versions) .. string.sub(new, 4, -2) .. near
redis.call('SET', KEYS[1], record, 'EX', ttl)
redis.call('SET', KEYS[2], text, 'EX', ttl)
return record
