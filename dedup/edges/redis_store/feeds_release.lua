-- Give up the leases of sites, if they are still this poller's.
-- KEYS  1 hash of leases by site        (under the hash tag {feeds})
-- ARGV  1 name of the poller   2 ... sites
for i = 2, #ARGV do
  local lease = redis.call('HGET', KEYS[1], ARGV[i])
  if lease and string.match(lease, '^%d+ (.*)$') == ARGV[1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return 1
