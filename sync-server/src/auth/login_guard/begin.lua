-- The arithmetic of here.rs, in Redis and by its clock, so that all nodes count as one.
-- KEYS: what a try is counted by. ARGV: the first wait, the longest, for how long wrong tries are remembered (in milliseconds),
-- how often a wait doubles, and for each key how many tries are free.
-- Answers how many milliseconds to wait; 0 means that the try has begun and counts as wrong.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first, longest, memory, doublings = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local wait = 0
for index, key in ipairs(KEYS) do
    local kept = redis.call('HMGET', key, 'wrong', 'last')
    local beyond = (tonumber(kept[1]) or 0) - tonumber(ARGV[4 + index])
    if beyond >= 0 then
        local whole = math.min(first * 2 ^ math.min(beyond, doublings), longest)
        wait = math.max(wait, tonumber(kept[2]) + whole - now)
    end
end
if wait > 0 then
    return wait
end
for _, key in ipairs(KEYS) do
    redis.call('HINCRBY', key, 'wrong', 1)
    redis.call('HSET', key, 'last', string.format('%.0f', now))
    redis.call('PEXPIRE', key, memory)
end
return 0
