-- Takes a request out of every quota at once, or out of none. Stands after memory.lua.
if ask.epoch ~= '' and epoch ~= ask.epoch then
  return cjson.encode({ epoch = epoch, seq = seq, now = now, forgot = true })
end
local ready = tonumber(redis.call('HGET', known, 'ready') or '0')
if now < ready then
  return cjson.encode({ epoch = epoch, seq = seq, now = now, wait = ready - now })
end

-- The clock was set back: nothing lasts beyond what one under way can.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', spends, '(' .. whole(now + ask.patience + 3600000), '+inf')) do
  redis.call('ZADD', spends, whole(now), member)
end

local told = { left = {}, windows = {} }
local said = redis.call('HGET', known, 'told')
if said then told = cjson.decode(said) end

local refused, state = {}, {}
local oldest = now
local function weigh(limit, since, index)
  oldest = math.min(oldest, since)
  local after = '(' .. whole(since)
  local held = redis.call('ZCOUNT', spends, after, '+inf')
  local function settled(place)
    local found = redis.call('ZRANGEBYSCORE', spends, after, '+inf', 'WITHSCORES', 'LIMIT', place, 1)
    return math.min(tonumber(found[2] or '0'), now)
  end
  if held >= limit then
    table.insert(refused, { index, settled(held - limit) })
  end
  local first = 0
  if held > 0 then first = settled(0) end
  return { held, first }
end
for index, quota in ipairs(ask.quotas) do
  table.insert(state, weigh(quota.limit, since(quota), index - 1))
end
local full = 0
for _, window in ipairs(told.windows) do
  local before = #refused
  weigh(window[1], now - window[2], -1)
  if #refused > before then
    local last = table.remove(refused)
    full = math.max(full, last[2] + window[2])
  end
end
for _, left in ipairs(told.left) do
  if left[1] <= 0 and left[2] > now then full = math.max(full, left[2]) end
end

local answer = { epoch = epoch, seq = seq, now = now, state = state }
if #refused > 0 or full > 0 then
  if #refused > 0 then answer.refused = refused end
  if full > 0 then answer.full = full end
  return cjson.encode(answer)
end

redis.call('ZREMRANGEBYSCORE', spends, '-inf', whole(oldest))
seq = redis.call('HINCRBY', known, 'seq', 1)
redis.call('ZADD', spends, whole(now + ask.patience), ask.replica .. ':' .. whole(seq))
if said then
  for _, left in ipairs(told.left) do left[1] = math.max(left[1] - 1, 0) end
  redis.call('HSET', known, 'told', cjson.encode(told))
end
for _, quota in ipairs(state) do quota[1] = quota[1] + 1 end
answer.seq, answer.ticket = seq, seq
return cjson.encode(answer)
