-- Replace the states of feeds and set when they are due; those that were unfollowed meanwhile are left out.
-- KEYS  1 zset of due times by URL   2 hash of states by URL        (both under the hash tag {feeds})
-- ARGV  URL, state, when it is due (empty: never), URL, state, ...
for i = 1, #ARGV, 3 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i]) == 1 then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
    if ARGV[i + 2] == '' then
      redis.call('ZREM', KEYS[1], ARGV[i])
    else
      redis.call('ZADD', KEYS[1], ARGV[i + 2], ARGV[i])
    end
  end
end
return 1
