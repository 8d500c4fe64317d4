-- The generic cell rate algorithm (ITU-T I.371), which decides as `rishi_resilience::RateLimiter` does.
--
-- KEYS[1] is whose allowance it is, ARGV[1] how many microseconds it takes to get one back, ARGV[2] how many there are at
-- once. What is kept is the instant at which the allowance is whole again, for as long as it is not. The answer is how
-- many are left, or, below zero, in how many microseconds there is one again.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local period, count = tonumber(ARGV[1]), tonumber(ARGV[2])
local whole = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
-- Later than it can be: the clock was set back, or the limit is another one. Nobody waits for that.
if whole > now + count * period then
    whole = now
end
local wait = whole - (count - 1) * period - now
if wait > 0 then
    return -wait
end
whole = whole + period
redis.call('SET', KEYS[1], string.format('%.0f', whole), 'PX', math.ceil((whole - now) / 1000))
return math.floor((now + count * period - whole) / period)
