-- Lease the most overdue feeds and return their states. Atomic, so that two pollers never get the same feed.
-- KEYS  1 zset of due times by URL   2 hash of states by URL        (both under the hash tag {feeds})
-- ARGV  1 now   2 most feeds to lease   3 when the lease ends
local urls = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local states = {}
for _, url in ipairs(urls) do
  local state = redis.call('HGET', KEYS[2], url)
  if state then
    redis.call('ZADD', KEYS[1], ARGV[3], url)
    states[#states + 1] = state
  else
    redis.call('ZREM', KEYS[1], url)
  end
end
return states
