import { element } from './element.js';

/**
 * Draws where the time went: a bar for each thing, from when it began to when it ended.
 *
 * @param {readonly import('../src/recording/content.js').Span[]} spans
 * @param {number} milliseconds How long all of it took.
 * @returns {HTMLElement}
 */
export function renderTimeline(spans, milliseconds) {
  const list = element('div', { class: 'timeline', role: 'list' });
  for (const { label, kind, startedAt, milliseconds: own } of spans) {
    const bar = element('i', { class: kind });
    bar.style.left = `${share(startedAt, milliseconds)}%`;
    bar.style.width = `${share(own, milliseconds)}%`;
    const time = `${own.toFixed(own < 10 ? 2 : 0)} ms`;
    list.append(
      element(
        'div',
        { class: 'span', role: 'listitem', title: `${kind}: ${label}` },
        element('span', {}, label),
        element('span', { class: 'track' }, bar),
        element('span', {}, time),
      ),
    );
  }
  return list;
}

/**
 * @param {number} part
 * @param {number} whole
 */
function share(part, whole) {
  return whole > 0 ? Math.max(0, Math.min(100, (part / whole) * 100)) : 0;
}
