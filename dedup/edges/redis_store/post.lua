-- Look up and insert (or only look up) band keys in the shards of one partition, atomically.
--
-- A shard is one string of entries of 8 bytes, in runs: the entries of a day, then a mark that says which day it was.
--     entry   field (3 bytes of the band key)   ref (5 bytes, high first, not 0)
--     mark    day (2 bytes, high first, not 0)  6 zeros
-- After the last mark comes room, zeros, for a few entries more: these are written in place, so that neither memory nor
-- the append-only file sees the whole shard again (the file gets what a script did, not the script).
-- Packed in a row they cost their 8 bytes each; as fields of a hash they would cost 16 and turn into a 70-byte
-- table entry beyond the limits of the server's settings. Of two fields that differ one in 2^24 is taken for the
-- same; verification sorts that out.
--
-- A partition begins with FEWEST shards; grow.lua makes one more of one of them when its shards become large (linear
-- hashing; Litwin 1980). A key's place is base + FEWEST * field, modulo the number of shards rounded up to a power of
-- two, or, if there is no such shard yet, down to one.
--
-- KEYS[1]  the partition, e.g. dedup:{b17}: ; holds the number of its shards (none: FEWEST), and a shard's key is this
--          and the shard's number. All are in one slot.
-- KEYS[2]  and so on, in a Redis Cluster only: the shard of each posting. While a slot moves, a node must know all keys
--          of a script, or it would run it where half of the shards are.
-- ARGV     FEWEST, bytes of a large shard, number of shards by which KEYS were chosen (0: none were), today, the oldest
--          day that still counts, the most refs that a field keeps, seconds to live, 1 to insert, and the postings,
--          9 bytes each: base (0 to FEWEST - 1), field (3 bytes, high first), ref (5, high first)
-- Returns  a flat list: number of shards, postings that went to large ones, and then: number of a posting (from 0), the
--          refs found under its field in one string, and so on. If the number of shards is not the one that KEYS were
--          chosen by, only that number, and nothing was done.

local sub, find, byte, call = string.sub, string.find, string.byte, redis.call
local partition = KEYS[1]
local fewest, large, chosen_by = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local today, oldest = struct.pack('>H', ARGV[4]), struct.pack('>H', ARGV[5])
local today_high, today_low = byte(today, 1, 2)
local cap, ttl, insert, postings = tonumber(ARGV[6]), ARGV[7], ARGV[8] == '1', ARGV[9]
local POSTING, ENTRY = 9, 8
local MARK, NO_REF = string.rep('\0', 6), string.rep('\0', 5)
local NOTHING = string.rep('\0', ENTRY)
local today_mark = today .. MARK

local shards = tonumber(call('GET', partition) or fewest)
if chosen_by ~= 0 and chosen_by ~= shards then
    return {shards}
end
local whole = fewest
while whole < shards do
    whole = whole * 2
end

-- The number of the shard of a posting.
local function shard_of(start)
    local base, high, middle, low = byte(postings, start, start + 3)
    local place = base + fewest * (high * 65536 + middle * 256 + low)
    local number = place % whole
    return number < shards and number or place % (whole / 2)
end

-- Bytes of room in a shard of this many when it is written anew: 4 entries, or a sixteenth.
local function room(size)
    return size < 64 * ENTRY and 4 * ENTRY or (size - size % (16 * ENTRY)) / 16
end

-- Where `pattern`, which stands `offset` bytes into an entry, is found from the entry at `from` on.
local function entry_with(shard, pattern, offset, from)
    local at = find(shard, pattern, from + offset, true)
    while at do
        local beyond = (at - offset - 1) % ENTRY
        if beyond == 0 then
            return at - offset
        end
        at = find(shard, pattern, at + ENTRY - beyond, true)
    end
end

-- The first entry that has not expired; `after` is where the room begins.
local function first_live(shard, after)
    local first = 1
    while first < after do
        local mark = entry_with(shard, MARK, 2, first)
        if sub(shard, mark, mark + 1) >= oldest then
            return first
        end
        first = mark + ENTRY
    end
    return first
end

-- Where the room of a shard begins. There is never more of it than the whole shard would be given now.
local function first_free(shard)
    local size = #shard
    local earliest = size - room(size) + 1
    return entry_with(shard, NOTHING, 0, earliest > 1 and earliest or 1) or size + 1
end

-- The refs under a field from entry `first` on; the highest of them and where it is; where `ref` itself is.
local function found_under(shard, field, ref, first, after)
    local refs, highest, highest_at, own_at = {}, '', nil, nil
    local at = entry_with(shard, field, 0, first)
    while at and at < after do
        local other = sub(shard, at + 3, at + 7)
        if other == ref then
            own_at = at
        elseif other ~= NO_REF then
            refs[#refs + 1] = other
            if other > highest then
                highest, highest_at = other, at
            end
        end
        at = entry_with(shard, field, 0, at + ENTRY)
    end
    return refs, highest, highest_at, own_at
end

-- Put an entry into the shard and take out the one at `gone`, if any. A run begun today is carried on. What has expired
-- is cut off where the shard is written anew: for the first entry of a day, and whenever the room is used up.
local function put(key, shard, after, gone, entry)
    local high, low = byte(shard, after - ENTRY, after - ENTRY + 1)
    local carried_on = high == today_high and low == today_low
    if carried_on and not gone and after <= #shard then
        call('SETRANGE', key, after - ENTRY - 1, entry .. today_mark)
        return
    end
    local first = first_live(shard, after)
    local last = (carried_on and first < after) and after - ENTRY or after
    local kept = sub(shard, first, last - 1)
    if gone then
        kept = sub(shard, first, gone - 1) .. sub(shard, gone + ENTRY, last - 1)
    end
    kept = kept .. entry .. today_mark
    call('SET', key, kept .. string.rep('\0', room(#kept)), 'EX', ttl)
end

local reply = {shards, 0}
for start = 1, #postings, POSTING do
    local number = (start - 1) / POSTING
    local key = KEYS[number + 2] or partition .. shard_of(start)
    local field = sub(postings, start + 1, start + 3)
    local shard = call('GET', key)
    if shard and #shard > large then
        reply[2] = reply[2] + 1
    end
    if not shard then
        if insert then
            put(key, '', 1, nil, sub(postings, start + 1, start + 8))
        end
    elseif not find(shard, field, 1, true) then -- most are the first of their field: nothing to read but the end
        if insert then
            put(key, shard, first_free(shard), nil, sub(postings, start + 1, start + 8))
        end
    else
        local ref = sub(postings, start + 4, start + 8)
        local after = first_free(shard)
        local refs, highest, highest_at, own_at = found_under(shard, field, ref, first_live(shard, after), after)
        if #refs > 0 then
            reply[#reply + 1] = number
            reply[#reply + 1] = table.concat(refs)
        end
        if insert then
            local gone, wanted = own_at, true
            if own_at then
                local mark = entry_with(shard, MARK, 2, own_at)
                wanted = sub(shard, mark, mark + 1) ~= today
            elseif #refs >= cap then
                gone, wanted = highest_at, ref < highest
            end
            if wanted then
                put(key, shard, after, gone, field .. ref)
            end
        end
    end
end
if insert then
    call('EXPIRE', partition, ttl)
end
return reply
