/**
 * Lua that runs before the script: the handlers of events as coroutines, sleeps, and lists as loops. It gets the host's
 * functions, those that open lists, and the metatable of refusals; it returns the function that handles events until none can
 * come.
 */
export const EVENTS = `
local host, lists, refusal = ...
local cablegram = cablegram
local create, resume, running, status, close = coroutine.create, coroutine.resume, coroutine.running, coroutine.status, coroutine.close
local yield, isyieldable = coroutine.yield, coroutine.isyieldable
local next, pcall, tostring, type, error, setmetatable = next, pcall, tostring, type, error, setmetatable
local getmetatable, find, traceback = getmetatable, string.find, debug.traceback

-- A handler that sleeps yields this; anything else is a mistake.
local SLEEP = {}
-- Events that come without updates: nobody waits for them at the end of a script.
local BESIDES = { connection = true, wait = true, error = true }

local handlers, waits = {}, 0
local sleepers, sleeping = {}, 0
-- The coroutine of the handler that runs.
local current

local function fail(ticket, problem, trace)
  local ok, message = pcall(tostring, problem)
  if not ok or type(problem) == 'table' and find(message, '^table: ') then
    message = '(error object is a ' .. type(problem) .. ')'
  end
  local isRefusal = type(problem) == 'table' and getmetatable(problem) == 'refusal'
  if isRefusal and problem.where and problem.where ~= '' then message = problem.where .. ': ' .. message end
  host.failed(ticket, message, trace, isRefusal)
end

local function step(handler, ticket, ...)
  current = handler
  local ok, first, timer = resume(handler, ...)
  current = nil
  if status(handler) == 'dead' then
    if ok then host.done(ticket) else fail(ticket, first, traceback(handler)) end
  elseif first == SLEEP then
    sleepers[timer], sleeping = { handler, ticket }, sleeping + 1
  else
    fail(ticket, 'a handler has yielded, and nobody resumes it; to wait, call cablegram.sleep', traceback(handler))
    close(handler)
  end
end

local function matches(event, pattern)
  local text = event.message and event.message.text or event.data or event.text
  return type(text) == 'string' and find(text, pattern) ~= nil
end

local function dispatch(id, ticket, event, actions)
  local handler = handlers[id]
  if handler == nil or handler.pattern and not matches(event, handler.pattern) then return host.done(ticket) end
  local problem = handler.name == 'error' and event or event.error
  if type(problem) == 'table' then setmetatable(problem, refusal) end
  for i = 1, #actions do
    local action = actions[i]
    event[action == 'answer_inline' and 'answer' or action] = function(...) return host.act(ticket, action, ...) end
  end
  step(create(handler.run), ticket, event)
end

-- Handles one thing that happens. Returns true at the end of the script's own timer.
local function handle(timer)
  local kind, a, b, c, d = host.news(timer)
  if kind == 'event' then dispatch(a, b, c, d)
  elseif kind == 'timer' then
    if a == timer then return true end
    local sleeper = sleepers[a]
    sleepers[a], sleeping = nil, sleeping - 1
    step(sleeper[1], sleeper[2])
  end
  return false
end

local function isInHandler() return current ~= nil or host.is_handling() end

local function run()
  while waits > 0 or sleeping > 0 or host.is_listening() do handle() end
end

function cablegram.sleep(seconds)
  local yields = current ~= nil and running() == current and isyieldable()
  local timer = host.start_timer(seconds, yields)
  if yields then yield(SLEEP, timer)
  elseif isInHandler() then host.wait_for(timer)
  else repeat until handle(timer) end
end

function cablegram.run()
  if isInHandler() then error('cablegram.run: a handler is running; only the script itself can wait for events', 2) end
  run()
end

local function off(id)
  local handler = handlers[id]
  if handler == nil then return end
  handlers[id] = nil
  if not BESIDES[handler.name] then waits = waits - 1 end
  host.off(id)
end

function cablegram.on(name, handler, filter)
  if type(name) ~= 'string' then error('cablegram.on: expected the name of an event, got ' .. type(name), 2) end
  if type(handler) ~= 'function' then error('cablegram.on: expected a function as the handler, got ' .. type(handler), 2) end
  if filter ~= nil and type(filter) ~= 'table' then
    error('cablegram.on: expected a table as the filter, got ' .. type(filter), 2)
  end
  local rest, pattern = {}, nil
  for key, value in next, filter or {} do
    if key == 'pattern' then pattern = value else rest[key] = value end
  end
  if pattern ~= nil then
    local ok, problem = pcall(find, '', pattern)
    if not ok then error('cablegram.on: the pattern cannot be used: ' .. tostring(problem), 2) end
  end
  local id = host.on(name, rest)
  handlers[id] = { run = handler, pattern = pattern, name = name }
  if not BESIDES[name] then waits = waits + 1 end
  return function() off(id) end
end

function cablegram.stop()
  cablegram.on_update(nil)
  for id in next, handlers do off(id) end
end

function cablegram.md(...) return host.md(...) end
function cablegram.html(...) return host.html(...) end

for name, open in next, lists do
  cablegram[name] = function(...)
    local list = open(...)
    local function item() return host.list_next(list) end
    return item, nil, nil, setmetatable({}, { __close = function() host.list_end(list) end })
  end
end

return run
`
