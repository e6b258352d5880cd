-- Append entries to a stream, one a value, and return their ids: one command where there would be hundreds.
--
-- KEYS  stream     ARGV  name of the only field, how to trim (MAXLEN or MINID; about), to what, and the values

local ids = {}
for number = 4, #ARGV do
    ids[number - 3] = redis.call('XADD', KEYS[1], '*', ARGV[1], ARGV[number])
end
redis.call('XTRIM', KEYS[1], ARGV[2], '~', ARGV[3])
return ids
