import { afterEach, expect, it } from '@jest/globals';
import { overrideSettings, settingChanged } from './override-settings.js';
import { disconnectAll } from './testing.js';

afterEach(() => disconnectAll());

it('overrideSettings() changes settings for the time of a callback, and tells of both ends', async () => {
  const settings: { rate: number; label?: string } = { rate: 1 };
  const heard: unknown[] = [];
  settingChanged.connect(({ setting, value, enter }) => void heard.push([setting, value, enter]), {
    sender: settings,
  });
  const seen = overrideSettings(settings, { rate: 2, label: 'x' }, () => ({ ...settings }));
  expect(await seen).toEqual({ rate: 2, label: 'x' });
  expect(settings).toEqual({ rate: 1 });
  expect(heard).toEqual([
    ['rate', 2, true],
    ['label', 'x', true],
    ['rate', 1, false],
    ['label', undefined, false],
  ]);
});

it('overrideSettings() puts settings back when the callback fails', async () => {
  const settings = { rate: 1 };
  await expect(
    overrideSettings(settings, { rate: 2 }, () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(settings).toEqual({ rate: 1 });
});
