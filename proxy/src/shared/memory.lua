-- What both scripts begin with: the question, the time, and whether the server remembers.
--
-- KEYS: the requests by the time each was settled (one under way by the time it can last until), and
-- what is known beside them. ARGV: JSON. The answer is JSON.
local spends, known = KEYS[1], KEYS[2]
local ask = cjson.decode(ARGV[1])
local function whole(number) return string.format('%.0f', number) end

local now = ask.now
if now == nil or now == cjson.null then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A server that forgot has to be told again by everyone before anything is counted on. Whoever joins
-- is doing just that.
local epoch = redis.call('HGET', known, 'epoch')
local seq = tonumber(redis.call('HGET', known, 'seq') or '0')
if not epoch or (not ask.joining and epoch == ask.epoch and seq < ask.seen) then
  epoch = ask.fresh
  redis.call('HSET', known, 'epoch', epoch, 'ready', whole(now + ask.settling))
end

-- A request counts in a quota if it was settled after this.
local function since(quota)
  if quota.since ~= nil and quota.since ~= cjson.null then return quota.since end
  return now - quota.window
end
