-- Replace a feed's state and set when it is due, unless it was unfollowed meanwhile.
-- KEYS  1 zset of due times by URL   2 hash of states by URL        (both under the hash tag {feeds})
-- ARGV  1 URL   2 state   3 when it is due; empty: never
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
return 1
