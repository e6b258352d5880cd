-- Add feeds that are not there yet, due at once; returns how many were new.
-- KEYS  1 zset of due times by URL   2 hash of states by URL        (both under the hash tag {feeds})
-- ARGV  URL, state, URL, state, ...
local new = 0
for i = 1, #ARGV, 2 do
  if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) == 1 then
    redis.call('ZADD', KEYS[1], 0, ARGV[i])
    new = new + 1
  end
end
return new
