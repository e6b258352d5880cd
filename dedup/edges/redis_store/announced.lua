-- Forget the events of a cluster that have been published, unless it was written anew since.
--
-- KEYS  cluster     ARGV  the ticket whose events were published

if redis.call('HGET', KEYS[1], 't') == ARGV[1] then
    return redis.call('HDEL', KEYS[1], 'o')
end
return 0
