-- What becomes of tries once it is known how they ended.
-- KEYS: what they were counted by. ARGV: for each key `forget` or `take back`.
for index, key in ipairs(KEYS) do
    if ARGV[index] == 'forget' then
        redis.call('DEL', key)
    elseif (tonumber(redis.call('HGET', key, 'wrong')) or 0) > 0 then
        redis.call('HINCRBY', key, 'wrong', -1)
    end
end
return 0
