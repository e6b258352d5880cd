-- Add refs to those that an article is linked to; adding one twice is adding it once.
--
-- KEYS  links     ARGV  refs (4 bytes each), seconds to live

local REF = 4
local held = redis.call('GET', KEYS[1]) or ''

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
if added ~= '' then
    redis.call('APPEND', KEYS[1], added)
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return #added / REF
