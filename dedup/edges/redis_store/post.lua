-- Look up and insert (or only look up) band keys in the shards of one partition, atomically.
--
-- A shard is one string of entries of 7 bytes, in runs: the entries of a day, then a mark that says which day it was.
--     entry   field (3 bytes of the band key)   ref (4 bytes, high first, not 0)
--     mark    day (2 bytes, high first, not 0)  5 zeros
-- After the last mark comes room, zeros, for a few entries more: these are written in place, so that neither memory nor
-- the append-only file sees the whole shard again (the file gets what a script did, not the script).
-- Packed in a row they cost their 7 bytes each; as fields of a hash they would cost 16 and turn into a 70-byte
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
--          8 bytes each: base (0 to FEWEST - 1), field (3 bytes, high first), ref (4, high first)
-- Returns  a flat list: number of shards, postings that went to large ones, and then: number of a posting (from 0), the
--          refs found under its field in one string, or the number of an earlier posting that was told the same, and so
--          on. If the number of shards is not the one that KEYS were chosen by, only that number, and nothing was done.

local sub, find, byte, call = string.sub, string.find, string.byte, redis.call
local partition = KEYS[1]
local fewest, large, chosen_by = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local today, oldest = struct.pack('>H', ARGV[4]), struct.pack('>H', ARGV[5])
local today_high, today_low = byte(today, 1, 2)
local cap, ttl, insert, postings = tonumber(ARGV[6]), ARGV[7], ARGV[8] == '1', ARGV[9]
local POSTING, ENTRY = 8, 7
local MARK, NO_REF = string.rep('\0', 5), string.rep('\0', 4)
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

-- The place of a posting's key in the partition.
local function place_of(start)
    local base, high, middle, low = byte(postings, start, start + 3)
    return base + fewest * (high * 65536 + middle * 256 + low)
end

-- The number of the shard of a place.
local function shard_of(place)
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

-- The refs under a field in a shard: a list, and where each is in the shard.
local function found_under(shard, field, first, after)
    local refs, places = {}, {}
    local at = find(shard, field, first, true)
    while at and at < after do
        if at % ENTRY == 1 then
            local other = sub(shard, at + 3, at + 6)
            if other ~= NO_REF then
                refs[#refs + 1] = other
                places[other] = at
            end
            at = find(shard, field, at + ENTRY, true)
        else
            at = find(shard, field, at + 1, true)
        end
    end
    return refs, places
end

-- Put an entry into the shard and take out the one at `gone`, if any. A run begun today is carried on, or one of a later
-- day, of a writer whose clock is ahead: or two of them would write a mark with every entry. What has expired
-- is cut off where the shard is written anew: for the first entry of a day, and whenever the room is used up.
local function put(key, shard, after, gone, entry)
    local high, low = byte(shard, after - ENTRY, after - ENTRY + 1)
    local carried_on = high and (high > today_high or high == today_high and low >= today_low)
    local mark = carried_on and sub(shard, after - ENTRY, after - 1) or today_mark
    if carried_on and not gone and after <= #shard then
        call('SETRANGE', key, after - ENTRY - 1, entry .. mark)
        return
    end
    local first = first_live(shard, after)
    local last = (carried_on and first < after) and after - ENTRY or after
    local size = last - first + (gone and ENTRY or 2 * ENTRY)
    local free = string.rep('\0', room(size))
    if gone then
        shard = sub(shard, first, gone - 1) .. sub(shard, gone + ENTRY, last - 1) .. entry .. mark .. free
    else
        shard = sub(shard, first, last - 1) .. entry .. mark .. free
    end
    call('SET', key, shard, 'EX', ttl)
end

-- What is under the fields that have been looked at, so that a field which hundreds of a batch share is read once:
-- the refs (a list, and a set), the list in one string, and the number of the posting that was told of it.
local known = {}

local function look(place, shard, field)
    local after = first_free(shard)
    local refs, places = found_under(shard, field, first_live(shard, after), after)
    known[place] = {refs = refs, places = places}
    return known[place]
end

local function told_of(seen, ref)
    if not seen.places[ref] then
        seen.all = seen.all or table.concat(seen.refs)
        return seen.all
    end
    local others = {}
    for _, other in ipairs(seen.refs) do
        if other ~= ref then
            others[#others + 1] = other
        end
    end
    return table.concat(others)
end

local function highest_of(seen)
    if not seen.highest then
        seen.highest = seen.refs[1]
        for _, other in ipairs(seen.refs) do
            if other > seen.highest then
                seen.highest = other
            end
        end
    end
    return seen.highest
end

local reply = {shards, 0}

-- Tell who is under the posting's field, and put the posting there if it is to be.
local function touch(number, key, seen, shard, entry)
    local ref = sub(entry, 4)
    local is_there = seen.places[ref]
    if #seen.refs > (is_there and 1 or 0) then
        reply[#reply + 1] = number
        reply[#reply + 1] = not is_there and seen.told or told_of(seen, ref)
        seen.told = seen.told or not is_there and number or nil
    end
    local has_room = #seen.refs < cap
    if not insert or not (has_room or is_there or ref < highest_of(seen)) then
        return false
    end
    shard = shard or call('GET', key)
    local after = first_free(shard)
    local gone
    if is_there then
        gone = entry_with(shard, entry, 0, first_live(shard, after))
        local mark = entry_with(shard, MARK, 2, gone)
        if sub(shard, mark, mark + 1) >= today then
            return false
        end
    elseif not has_room then
        gone = entry_with(shard, sub(entry, 1, 3) .. highest_of(seen), 0, first_live(shard, after))
    end
    put(key, shard, after, gone, entry)
    return true
end

for start = 1, #postings, POSTING do
    local number = (start - 1) / POSTING
    local place = place_of(start)
    local key = KEYS[number + 2] or partition .. shard_of(place)
    local entry = sub(postings, start + 1, start + 7)
    local seen, shard = known[place], nil
    if not seen then
        shard = call('GET', key)
        if shard and #shard > large then
            reply[2] = reply[2] + 1
        end
        local field = sub(entry, 1, 3)
        if shard and find(shard, field, 1, true) then
            seen = look(place, shard, field)
        elseif insert then -- most are the first of their field: nothing to read but the end
            put(key, shard or '', shard and first_free(shard) or 1, nil, entry)
        end
    end
    if seen and touch(number, key, seen, shard, entry) then
        known[place] = nil
    end
end
if insert then
    call('EXPIRE', partition, ttl)
end
return reply
