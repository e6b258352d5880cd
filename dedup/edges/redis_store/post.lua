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
--          8 bytes each: base (0 to FEWEST - 1), field (3 bytes, high first), ref (4, high first). Those of one shard
--          stand together: it is read once, and written once.
-- Returns  a flat list: number of shards, postings that went to large ones, and then: number of a posting (from 0), the
--          refs found under its field in one string, or the number of an earlier posting that was told the same, and so
--          on. If the number of shards is not the one that KEYS were chosen by, only that number, and nothing was done.

local sub, find, byte, call = string.sub, string.find, string.byte, redis.call
local partition = KEYS[1]
local fewest, large, chosen_by = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local today, oldest = tonumber(ARGV[4]), tonumber(ARGV[5])
local cap, ttl, insert, postings = tonumber(ARGV[6]), ARGV[7], ARGV[8] == '1', ARGV[9]
local POSTING, ENTRY = 8, 7
local MARK, NO_REF, REF = string.rep('\0', 5), string.rep('\0', 4), '....'
local NOTHING = string.rep('\0', ENTRY)
local today_mark = struct.pack('>H', today) .. MARK

local shards = tonumber(call('GET', partition) or fewest)
if chosen_by ~= 0 and chosen_by ~= shards then
    return {shards}
end
local whole = fewest
while whole < shards do
    whole = whole * 2
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

-- The day of the mark at this place; 0 if there is none. (Days and refs are compared as numbers: strings are in the order
-- of the server's locale.)
local function day_at(shard, at)
    local high, low = byte(shard, at, at + 1)
    return high and high * 256 + low or 0
end

-- The first entry that has not expired; `after` is where the room begins. Nothing has, once there is an entry of today:
-- for the first of a day a shard is written anew.
local function first_live(shard, after)
    if day_at(shard, after - ENTRY) >= today then
        return 1
    end
    local first = 1
    while first < after do
        local mark = entry_with(shard, MARK, 2, first)
        if day_at(shard, mark) >= oldest then
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

-- Put entries into a shard and take out the one at `gone`, if any. A run begun today is carried on, or one of a later
-- day, of a writer whose clock is ahead: or two of them would write a mark with every entry. What has expired
-- is cut off where the shard is written anew: for the first entry of a day, and whenever the room is used up.
local function put(key, shard, after, gone, entries)
    local carried_on = day_at(shard, after - ENTRY) >= today
    local mark = carried_on and sub(shard, after - ENTRY, after - 1) or today_mark
    if carried_on and not gone and after + #entries - 1 <= #shard then
        call('SETRANGE', key, after - ENTRY - 1, entries .. mark)
        return
    end
    local first = first_live(shard, after)
    local last = (carried_on and first < after) and after - ENTRY or after
    if gone then
        shard = sub(shard, first, gone - 1) .. sub(shard, gone + ENTRY, last - 1) .. entries .. mark
    else
        shard = sub(shard, first, last - 1) .. entries .. mark
    end
    call('SET', key, shard .. string.rep('\0', room(#shard)), 'EX', ttl)
end

-- The shard at hand: its number, key and bytes, where its room begins, where what counts of it does (nil: not looked
-- yet), entries that are still to be written there, and their refs by field, in a string each.
local at_hand, key, shard, after, live, entries, fresh

local function read()
    shard = call('GET', key) or ''
    after, live = first_free(shard), nil
    entries, fresh = {}, {}
end

local function write()
    if at_hand and #entries > 0 then
        put(key, shard, after, nil, table.concat(entries))
    end
end

-- Put an entry in the place of another one with its field.
local function replace(entry, ref)
    write()
    read()
    put(key, shard, after, entry_with(shard, sub(entry, 1, 3) .. ref, 0, first_live(shard, after)), entry)
    read()
end

-- The refs under a field but for one of them, and where that one's entry is. `at` is where the field first is found.
local function found_under(field, own, at)
    local refs, own_at = {}, nil
    live = live or first_live(shard, after)
    while at and at < after do
        local beyond = (at - 1) % ENTRY
        if beyond == 0 and at >= live then
            local ref = sub(shard, at + 3, at + 6)
            if ref == own then
                own_at = at
            elseif ref ~= NO_REF then
                refs[#refs + 1] = ref
            end
        end
        at = find(shard, field, beyond == 0 and at + ENTRY or at + 1, true)
    end
    return refs, own_at
end

-- Whether the entry at this place was put there today.
local function is_of_today(at)
    return day_at(shard, entry_with(shard, MARK, 2, at)) >= today
end

local function number_of(ref)
    return struct.unpack('>I4', ref)
end

-- The highest of some refs, and its number.
local function highest_of(refs)
    local highest, most = nil, -1
    for _, ref in ipairs(refs) do
        local number = number_of(ref)
        if number > most then
            highest, most = ref, number
        end
    end
    return highest, most
end

-- Fields that keep as many refs as they may, by place: the highest of these as a number, and the number of the posting
-- that was told of them. One that hundreds of a batch share is read once.
local crowded = {}
local reply = {shards, 0}

local function tell(number, refs)
    reply[#reply + 1] = number
    reply[#reply + 1] = refs
end

-- Let an entry be written, the first of its shard with this field or not.
local function add(entry, field, ref)
    entries[#entries + 1] = entry
    fresh[field] = (fresh[field] or '') .. ref
end

-- Tell who is under a posting's field, which is in the shard from `at` on or among what is to be written there; put the
-- posting there if it is to be.
local function touch(number, place, entry, at)
    local field, own = sub(entry, 1, 3), sub(entry, 4)
    local full = crowded[place]
    if full and number_of(own) > full.highest then
        tell(number, full.told)
        return
    end
    local refs, own_at = found_under(field, own, at)
    local is_there = own_at and is_of_today(own_at)
    for ref in string.gmatch(fresh[field] or '', REF) do
        if ref == own then
            is_there = true
        else
            refs[#refs + 1] = ref
        end
    end
    if #refs > 0 then
        tell(number, table.concat(refs))
    end
    crowded[place] = nil
    if #refs >= cap then
        local highest, most = highest_of(refs)
        if number_of(own) > most then
            crowded[place] = {highest = most, told = number}
        elseif insert then
            replace(entry, highest)
        end
    elseif insert and not is_there then
        if own_at then
            replace(entry, own)
        else
            add(entry, field, own)
        end
    end
end

local to_large = 0
for start = 1, #postings, POSTING do
    local number = (start - 1) / POSTING
    local base, high, middle, low = byte(postings, start, start + 3)
    local place = base + fewest * (high * 65536 + middle * 256 + low)
    local its = place % whole < shards and place % whole or place % (whole / 2)
    if its ~= at_hand then
        write()
        at_hand = its
        key = KEYS[number + 2] or partition .. its
        read()
    end
    if #shard > large then
        to_large = to_large + 1
    end
    local field = sub(postings, start + 1, start + 3)
    local at = find(shard, field, 1, true)
    if at or fresh[field] then
        touch(number, place, sub(postings, start + 1, start + 7), at)
    elseif insert then -- most have a field of their own: no function, no table for these
        entries[#entries + 1] = sub(postings, start + 1, start + 7)
        fresh[field] = sub(postings, start + 4, start + 7)
    end
end
reply[2] = to_large
if insert then
    write()
    call('EXPIRE', partition, ttl)
end
return reply
