/**
 * Lua that runs before the script: takes away what reaches files, processes and bytecode, and keeps the functions of `os`
 * and `debug` that do neither. It returns the metatable of refusals and the printer of the REPL.
 */
export const PRELUDE = `
local host = ...
local load, select, tostring, type, next = load, select, tostring, type, next
local error, pcall, rawget, setmetatable, getmetatable = error, pcall, rawget, setmetatable, getmetatable
local gsub = string.gsub
local sort, concat, rep, format, find, match = table.sort, table.concat, string.rep, string.format, string.find, string.match
local mathtype = math.type

math.randomseed(host.seed1, host.seed2)
dofile, loadfile, warn = nil, nil, nil
os = { time = os.time, date = os.date, clock = os.clock, difftime = os.difftime, exit = host.exit }
debug = { traceback = debug.traceback }
print, require, cablegram = host.print, host.require, host.cablegram

function _G.load(chunk, name, mode, ...)
  if mode ~= nil and type(mode) == 'string' and not find(mode, 't', 1, true) then
    return nil, "attempt to load a text chunk (mode is '" .. mode .. "')"
  end
  return load(chunk, name, 't', ...)
end

-- Lua counts no instructions inside finalizers, so nothing would end one.
function _G.setmetatable(value, ...)
  local metatable = ...
  if type(metatable) == 'table' and rawget(metatable, '__gc') ~= nil then
    error("setmetatable: scripts have no finalizers (__gc); use a local variable <close> and __close", 2)
  end
  local ok, result = pcall(setmetatable, value, ...)
  if not ok then error((gsub(result, "'%?'", "'setmetatable'")), 2) end
  return value
end

-- All refusals share it: a script does not get to see it.
local refusal = { __name = 'refusal', __metatable = 'refusal' }
function refusal.__tostring(e)
  if e.kind == 'rpc' then return tostring(e.method) .. ': ' .. tostring(e.code) .. ' ' .. tostring(e.message) end
  return tostring(e.method) .. ': ' .. tostring(e.message)
end

local MAX_DEPTH, MAX_ITEMS = 6, 50

local function key(k)
  if type(k) == 'string' and match(k, '^[%a_][%w_]*$') then return k end
  return '[' .. (type(k) == 'string' and format('%q', k) or tostring(k)) .. ']'
end

local function show(value, depth, seen)
  if type(value) == 'string' then return (format('%q', value):gsub('\\\\\\n', '\\\\n')) end
  if type(value) ~= 'table' or getmetatable(value) then return tostring(value) end
  if next(value) == nil then return '{}' end
  if seen[value] or depth > MAX_DEPTH then return '{…}' end
  seen[value] = true
  local parts, names, count = {}, {}, #value
  for i = 1, count do
    if i > MAX_ITEMS then parts[#parts + 1] = '… ' .. count - MAX_ITEMS .. ' more' break end
    parts[#parts + 1] = show(value[i], depth + 1, seen)
  end
  for k in next, value do
    local isItem = mathtype(k) == 'integer' and k >= 1 and k <= count
    if not isItem then names[#names + 1] = k end
  end
  sort(names, function(a, b)
    if a == '_' or b == '_' then return a == '_' and b ~= '_' end
    return tostring(a) < tostring(b)
  end)
  for i, k in next, names do
    if i > MAX_ITEMS then parts[#parts + 1] = '… ' .. #names - MAX_ITEMS .. ' more' break end
    parts[#parts + 1] = key(k) .. ' = ' .. show(value[k], depth + 1, seen)
  end
  seen[value] = nil
  local line = '{' .. concat(parts, ', ') .. '}'
  if #line <= 100 then return line end
  local indent = rep('  ', depth)
  return '{\\n  ' .. indent .. concat(parts, ',\\n  ' .. indent) .. '\\n' .. indent .. '}'
end

return refusal, function(...)
  local texts = {}
  for i = 1, select('#', ...) do
    local value = select(i, ...)
    texts[i] = type(value) == 'string' and value or show(value, 0, {})
  end
  host.print(concat(texts, '\\t'))
end
`
