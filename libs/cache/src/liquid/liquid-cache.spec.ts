import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Liquid } from 'liquidjs';
import {
  CacheRegistry,
  collectDependencies,
  currentDependencies,
  fragmentKey,
  memoryCache,
} from '../index.js';
import { liquidCache } from './index.js';

describe('{% cache %}', () => {
  let caches: CacheRegistry;
  let engine: Liquid;
  let count: number;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    caches = new CacheRegistry({ default: memoryCache(), other: memoryCache() }, console);
    engine = new Liquid({ outputEscape: 'escape' });
    engine.plugin(liquidCache(caches));
    count = 0;
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const render = (template: string, context: object = {}) =>
    engine.parseAndRender(template, { n: () => ++count, ...context }) as Promise<string>;

  it('renders its block once for its time', async () => {
    const template = '{% cache 60, "a" %}[{{ n }}]{% endcache %}';
    expect([await render(template), await render(template)]).toEqual(['[1]', '[1]']);
    jest.advanceTimersByTime(60_000);
    expect(await render(template)).toBe('[2]');
  });

  it('keeps a block for each set of its arguments, filters included', async () => {
    const template = '{% cache "1m", "a", user.id, lang | downcase %}{{ n }}{% endcache %}';
    const [one, two] = [
      { user: { id: 1 }, lang: 'DE' },
      { user: { id: 2 }, lang: 'de' },
    ];
    expect([await render(template, one), await render(template, two), await render(template, { ...one, lang: 'de' })]).toEqual(['1', '2', '1']); // prettier-ignore
  });

  it('tells values apart that only look the same when joined', async () => {
    const template = '{% cache 60, "a", x, y %}{{ n }}{% endcache %}';
    expect(await render(template, { x: 'a:b', y: 'c' })).toBe('1');
    expect(await render(template, { x: 'a', y: 'b:c' })).toBe('2');
    expect(await render(template, { x: { id: 1 }, y: '' })).toBe('3');
    expect(await render(template, { x: { id: 2 }, y: '' })).toBe('4');
  });

  it('keeps for ever with null, and not at all with zero or less', async () => {
    const template = '{% cache t, "a" %}{{ n }}{% endcache %}';
    expect([await render(template, { t: 0 }), await render(template, { t: -5 })]).toEqual(['1', '2']);
    await render(template, { t: null });
    jest.advanceTimersByTime(1e12);
    expect(await render(template, { t: null })).toBe('3');
    jest.advanceTimersByTime(1e12);
    expect(await render('{% cache nil, "a" %}{{ n }}{% endcache %}')).toBe('3');
  });

  it('keeps an inner block beyond the outer one', async () => {
    const template =
      '{% cache 10, "outer" %}o{% cache 60, "inner" %}i{{ n }}{% endcache %}{{ n }}{% endcache %}';
    expect(await render(template)).toBe('oi12');
    jest.advanceTimersByTime(11_000);
    expect(await render(template)).toBe('oi13');
  });

  it('does not wait for itself in a block of the same name', async () => {
    expect(await render('{% cache 60, "x" %}a{% cache 60, "x" %}b{% endcache %}{% endcache %}')).toBe('ab');
  });

  it('keeps where it is told to, then in template_fragments, then in default', async () => {
    await render('{% cache 60, "a", using: "other" %}1{% endcache %}{% cache 60, "b" %}2{% endcache %}');
    expect(await caches.get('other').get(fragmentKey('a'))).toBe('1');
    expect(await caches.get().get(fragmentKey('b'))).toBe('2');
    caches = new CacheRegistry({ default: memoryCache(), template_fragments: memoryCache() }, console);
    engine.plugin(liquidCache(caches));
    await render('{% cache 60, "c" %}3{% endcache %}');
    expect(await caches.get('template_fragments').get(fragmentKey('c'))).toBe('3');
  });

  it('keeps what was escaped, and uses what was put there by hand', async () => {
    expect(await render('{% cache 60, "a" %}{{ v }}{% endcache %}', { v: '<b>' })).toBe('&lt;b&gt;');
    await caches.get().set(fragmentKey('b', ['x']), 'by <i>hand</i>');
    expect(await render('{% cache 60, "b", "x" %}{% endcache %}')).toBe('by <i>hand</i>');
  });

  it('keeps nothing of a block that fails', async () => {
    engine.registerFilter('boom', () => {
      throw new Error('boom');
    });
    await expect(render('{% cache 60, "a" %}{{ 1 | boom }}{% endcache %}')).rejects.toThrow('boom');
    expect(await render('{% cache 60, "a" %}fine{% endcache %}')).toBe('fine');
  });

  it('becomes stale with its tags, and with what was read to render it', async () => {
    const tagged = '{% cache 60, "a", tags: "x, y" %}{{ n }}{% endcache %}';
    const tracked = '{% cache 60, "b", invalidateOn: "auto" %}{{ read }}{{ n }}{% endcache %}';
    const read = () => currentDependencies()?.add(['table']);
    expect([await render(tagged), await render(tracked, { read })]).toEqual(['1', '2']);
    await caches.get().invalidateTags('y');
    expect([await render(tagged), await render(tracked, { read })]).toEqual(['3', '2']);
    await caches.get().invalidateTags('table');
    expect([await render(tagged), await render(tracked, { read })]).toEqual(['3', '4']);
  });

  it('makes whatever contains it depend on the same, from the cache as well', async () => {
    const template = '{% cache 60, "a", tags: "x" %}{% endcache %}';
    for (const _ of ['rendered', 'kept']) {
      const tags = await collectDependencies(async (dependencies) => {
        await render(template);
        return dependencies.tags;
      });
      expect([...tags]).toEqual(['x']);
    }
  });

  it.each([
    ['{% cache %}{% endcache %}', 'needs a timeout and a name'],
    ['{% cache 60, "a" %}', 'is not closed by {% endcache %}'],
    ['{% cache 60, "a", until: 5 %}{% endcache %}', 'knows no "until": use using, tags, invalidateOn'],
    ['{% cache "soon", "a" %}{% endcache %}', '"soon" is no duration'],
    ['{% cache nope, "a" %}{% endcache %}', 'the timeout is neither seconds'],
    [
      '{% cache 60, "a", using: "otter" %}{% endcache %}',
      'unknown cache "otter". Choices are: default, other.',
    ],
  ])('refuses %s', async (template, message) => {
    await expect(render(template)).rejects.toThrow(message);
  });

  it('refuses to be rendered without waiting', () => {
    expect(() => engine.parseAndRenderSync('{% cache 60, "a" %}{% endcache %}')).toThrow('not renderSync()');
  });
});
