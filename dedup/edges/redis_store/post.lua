-- Look up and insert (or only look up) band keys in the shards of one partition, atomically.
--
-- A shard is one string of entries of 11 bytes, in the order of the days on which they were posted:
--     day (2 bytes, high first)   field (3 bytes of the band key)   ref (6 bytes, high first)
-- Packed in a row they cost their 11 bytes each; as fields of a hash they would cost 16 and turn into a 70-byte
-- table entry beyond the limits of the server's settings.
--
-- KEYS[1]  the partition, e.g. dedup:{b17}: ; a shard's key is this and the shard's number. All are in one slot.
-- ARGV     today, the oldest day that still counts, the most refs that a field keeps, seconds to live, 1 to insert,
--          and the postings, 11 bytes each: shard (2 bytes, high first), field (3), ref (6)
-- Returns  a flat list: number of a posting (from 0), the refs found under its field in one string, and so on.

local today = struct.pack('>H', tonumber(ARGV[1]))
local oldest = struct.pack('>H', tonumber(ARGV[2]))
local cap = tonumber(ARGV[3])
local ttl = ARGV[4]
local insert = ARGV[5] == '1'
local postings = ARGV[6]
local ENTRY = 11

local function expired(shard)
    local first = 1
    while first <= #shard and string.sub(shard, first, first + 1) < oldest do
        first = first + ENTRY
    end
    return first
end

-- The places of the entries of a field.
local function places(shard, field, first)
    local found, from = {}, first
    while true do
        local at = string.find(shard, field, from, true)
        if not at then
            return found
        end
        if (at - 3) % ENTRY == 0 then
            found[#found + 1] = at - 2
            from = at + 9
        else
            from = at + 1
        end
    end
end

local reply = {}
for number = 0, #postings / ENTRY - 1 do
    local start = number * ENTRY
    local key = KEYS[1] .. struct.unpack('>H', postings, start + 1)
    local field = string.sub(postings, start + 3, start + 5)
    local ref = string.sub(postings, start + 6, start + 11)
    local shard = redis.call('GET', key) or ''
    local first = expired(shard)
    local refs, highest, highest_at, own_at = {}, '', nil, nil
    for _, at in ipairs(places(shard, field, first)) do
        local other = string.sub(shard, at + 5, at + 10)
        if other == ref then
            own_at = at
        else
            refs[#refs + 1] = other
            if other > highest then
                highest, highest_at = other, at
            end
        end
    end
    if #refs > 0 then
        reply[#reply + 1] = number
        reply[#reply + 1] = table.concat(refs)
    end
    if insert then
        local gone = own_at
        local full = not own_at and #refs >= cap
        if full and ref < highest then
            gone, full = highest_at, false
        end
        local posted_today = own_at and string.sub(shard, own_at, own_at + 1) == today
        if not full and not posted_today then
            local kept
            if gone then
                kept = string.sub(shard, first, gone - 1) .. string.sub(shard, gone + ENTRY)
            else
                kept = string.sub(shard, first)
            end
            redis.call('SET', key, kept .. today .. field .. ref, 'EX', ttl)
        end
    end
end
return reply
