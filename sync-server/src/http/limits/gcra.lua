-- The arithmetic of gcra.rs, in Redis and by its clock, so that all nodes count as one.
-- KEYS[1]: whose bucket. ARGV[1]: microseconds after which one more may come. ARGV[2]: the most at once.
-- Answers { how long to wait, when the bucket is empty again, now }, in microseconds.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, room = tonumber(ARGV[1]), tonumber(ARGV[1]) * tonumber(ARGV[2])
local standing = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local following = standing + interval
local wait = following - room - now
if wait > 0 then
    return { wait, standing, now }
end
redis.call('SET', KEYS[1], string.format('%.0f', following), 'PX', math.ceil((following - now) / 1000))
return { 0, following, now }
