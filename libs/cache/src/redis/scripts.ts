import { defineScript, type CommandParser } from 'redis';

/**
 * The tag clock in the hash at KEYS[1]: its present moment under the empty name, beside the last change of each tag.
 * ARGV[1] is how many tags are kept apart. Numbers are written in full, which Lua would not do by itself.
 */
const CLOCK = `
local function text(number) return string.format('%.0f', number) end

local function tick()
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local last = tonumber(redis.call('HGET', KEYS[1], '') or '0')
  if now <= last then now = last + 1 end
  redis.call('HSET', KEYS[1], '', text(now))
  return now
end

local function keep(tag, now)
  if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[1]) then
    now = tick()
    redis.call('DEL', KEYS[1])
    redis.call('HSET', KEYS[1], '', text(now))
  end
  redis.call('HSET', KEYS[1], tag, text(now))
  return text(now)
end`;

/** Adds to a whole number that is there. */
const increment = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
return redis.call('INCRBY', KEYS[1], ARGV[1])`,
  parseCommand(parser: CommandParser, key: string, delta: number) {
    parser.pushKey(key);
    parser.push(String(delta));
  },
  transformReply: (reply: number | null) => reply,
});

/**
 * Writes ARGV[4] where ARGV[2] is stored; ARGV[1] and ARGV[3] tell which of the two there are, ARGV[5] the
 * milliseconds that the value lives, -1 for ever.
 */
const compareAndSet = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
local stored = redis.call('GET', KEYS[1])
if stored ~= (ARGV[1] == '1' and ARGV[2]) then return 0 end
if ARGV[3] == '0' then redis.call('DEL', KEYS[1])
elseif ARGV[5] == '-1' then redis.call('SET', KEYS[1], ARGV[4])
else redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5]) end
return 1`,
  parseCommand(
    parser: CommandParser,
    key: string,
    expected: Encoded,
    value: Encoded,
    timeout: number | null,
  ) {
    parser.pushKey(key);
    for (const each of [expected, value]) parser.push(each === undefined ? '0' : '1', each ?? '');
    parser.push(timeout === null ? '-1' : String(Math.ceil(timeout)));
  },
  transformReply: (reply: number) => reply === 1,
});

/** A value as it is written; `undefined` for none. */
type Encoded = string | Buffer | undefined;

/** Reads the clock and when each tag changed; what is not known yet changed now. */
const readTags = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `${CLOCK}
local now = tonumber(redis.call('HGET', KEYS[1], '')) or tick()
local reply = { text(now) }
for index = 2, #ARGV do
  reply[index] = redis.call('HGET', KEYS[1], ARGV[index]) or keep(ARGV[index], now)
end
return reply`,
  parseCommand: pushTags,
  transformReply: (reply: readonly Buffer[]) => reply.map(Number),
});

/** Says that tags changed. */
const invalidateTags = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `${CLOCK}
local now = tick()
for index = 2, #ARGV do keep(ARGV[index], now) end
return 1`,
  parseCommand: pushTags,
  transformReply: (reply: number) => reply,
});

function pushTags(parser: CommandParser, key: string, maxTags: number, tags: readonly string[]): void {
  parser.pushKey(key);
  parser.push(String(maxTags), ...tags);
}

/** What must be one step on the server. */
export const scripts = { increment, compareAndSet, readTags, invalidateTags };
