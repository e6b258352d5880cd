-- Add refs to those that an article is linked to; adding one twice is adding it once. Who has expired is linked to none.
--
-- KEYS  record, links     ARGV  refs (4 bytes each), how many stand in the record, seconds to live
-- Most articles have few links: a key for them would cost twenty times what they need. So the first stand at the end of
-- the record, with their number in its last byte, and only what comes after these has a key.

local REF, NEAR_MOST = 4, tonumber(ARGV[2])
local record = redis.call('GET', KEYS[1])
if not record then
    return 0
end
local count = string.byte(record, -1)
local held = string.sub(record, -1 - REF * count, -2)
if count == NEAR_MOST then
    held = held .. (redis.call('GET', KEYS[2]) or '')
end

local function holds(refs, ref)
    local at = string.find(refs, ref, 1, true)
    while at and (at - 1) % REF ~= 0 do
        at = string.find(refs, ref, at + 1, true)
    end
    return at
end

local added = ''
for start = 1, #ARGV[1], REF do
    local ref = string.sub(ARGV[1], start, start + REF - 1)
    if not holds(held, ref) and not holds(added, ref) then
        added = added .. ref
    end
end
local near = string.sub(added, 1, REF * (NEAR_MOST - count))
if near ~= '' then
    -- Written anew, as a string that grows in place would be given twice the memory that it needs.
    local number = string.char(count + #near / REF)
    redis.call('SET', KEYS[1], string.sub(record, 1, -2) .. near .. number, 'KEEPTTL')
end
if #added > #near then
    redis.call('APPEND', KEYS[2], string.sub(added, #near + 1))
end
redis.call('EXPIRE', KEYS[2], ARGV[3])
return #added / REF
