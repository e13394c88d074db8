-- Notes what became of requests, what an upstream said of its own quotas, and that a replica lives.
-- Stands after memory.lua.
if ask.seen > seq then
  seq = ask.seen
  redis.call('HSET', known, 'seq', whole(seq))
end

for _, put in ipairs(ask.put) do
  local score = put[2]
  if score == cjson.null then score = now end
  redis.call('ZADD', spends, whole(score), put[1])
end
for _, member in ipairs(ask.drop) do
  redis.call('ZREM', spends, member)
end

if ask.told ~= nil and ask.told ~= cjson.null then
  local before = redis.call('HGET', known, 'told')
  if not before or cjson.decode(before).by <= ask.told.by then
    -- These may have arrived after the upstream wrote its answer.
    local unseen = 0
    local recent = redis.call('ZRANGEBYSCORE', spends, whole(ask.reserved_at), '+inf', 'WITHSCORES')
    for place = 1, #recent, 2 do
      local number = tonumber(string.match(recent[place], ':(%d+)$') or '0')
      local under_way = tonumber(recent[place + 1]) > now
      if number > ask.told.by or (under_way and number ~= ask.told.by) then unseen = unseen + 1 end
    end
    for _, left in ipairs(ask.told.left) do left[1] = math.max(left[1] - unseen, 0) end
    redis.call('HSET', known, 'told', cjson.encode(ask.told))
  end
end

local state = {}
for _, quota in ipairs(ask.quotas) do
  local after = '(' .. whole(since(quota))
  local first = redis.call('ZRANGEBYSCORE', spends, after, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  local held = redis.call('ZCOUNT', spends, after, '+inf')
  table.insert(state, { held, math.min(tonumber(first[2] or '0'), now) })
end
return cjson.encode({ epoch = epoch, seq = seq, now = now, state = state })
