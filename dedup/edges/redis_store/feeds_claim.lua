-- Lease the most overdue feeds and return their states. Atomic, so that two pollers never get the same feed, nor feeds
-- of the same site (host and port) at the same time: a feed whose site is another poller's is looked at again later.
-- KEYS  1 zset of due times by URL   2 hash of states by URL   3 hash of leases by site   (all under the tag {feeds})
-- ARGV  1 now   2 most feeds to lease   3 when the lease ends   4 name of the poller   5 when to look again
local urls = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local now, poller = tonumber(ARGV[1]), ARGV[4]
local states, ours = {}, {}

local function is_ours(site)
  if ours[site] == nil then
    local lease = redis.call('HGET', KEYS[3], site)
    local ends, owner = string.match(lease or '', '^(%d+) (.*)$')
    ours[site] = not ends or owner == poller or tonumber(ends) <= now
    if ours[site] then
      redis.call('HSET', KEYS[3], site, ARGV[3] .. ' ' .. poller)
    end
  end
  return ours[site]
end

for _, url in ipairs(urls) do
  local state = redis.call('HGET', KEYS[2], url)
  local site = string.lower(string.gsub(string.match(url, '^[^:]*://([^/?#]*)') or '', '^.*@', ''))
  if not state then
    redis.call('ZREM', KEYS[1], url)
  elseif poller == '' or is_ours(site) then
    redis.call('ZADD', KEYS[1], ARGV[3], url)
    states[#states + 1] = state
  else
    redis.call('ZADD', KEYS[1], ARGV[5], url)
  end
end
return states
