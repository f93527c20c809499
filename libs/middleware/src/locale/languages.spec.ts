import { describe, expect, it } from '@jest/globals';
import { Languages } from './languages.js';

describe('Languages', () => {
  const languages = new Languages(['en', 'de', 'pt-BR', 'zh-Hans', 'zh-Hant'], 'en');

  it.each([
    ['de', 'de'],
    ['DE-at', 'de'],
    ['pt', 'pt-BR'],
    ['pt-PT', 'pt-BR'],
    ['pt-br', 'pt-BR'],
    ['zh-TW', 'zh-Hant'],
    ['zh-cn', 'zh-Hans'],
    ['zh-hant-hk', 'zh-Hant'],
    ['fr', undefined],
    ['', undefined],
    ['x'.repeat(600), undefined],
  ])('serves %p with %p', (tag, language) => {
    expect(languages.variantOf(tag)).toBe(language);
  });

  it('refuses a default that is none of them', () => {
    expect(() => new Languages(['de'], 'en')).toThrow('languageCode "en" is none of the languages (de)');
  });
});
