import { element } from './element.js';
import { renderContents } from './render.js';
import { styledShadow } from './styles.js';

/**
 * @typedef {object} State
 * @property {string} path
 * @property {string} id
 * @property {{ id: string, title: string, summary: string }[]} panels
 */

/**
 * Asks for one panel of one request.
 *
 * @param {string} path
 * @param {string} id
 * @param {string} panel
 * @returns {Promise<DocumentFragment>}
 */
export async function loadPanel(path, id, panel) {
  const url = `${path}/api/requests/${encodeURIComponent(id)}/panels/${encodeURIComponent(panel)}`;
  const response = await fetch(url);
  const { content } = response.ok
    ? await response.json()
    : { content: [{ kind: 'note', isWarning: true, text: await response.text() }] };
  return renderContents(content, async (name, index) => {
    const answer = await fetch(`${url}/${encodeURIComponent(name)}/${index}`, {
      method: 'POST',
      headers: { 'X-Quintet-Toolbar': '1' },
    });
    return answer.ok
      ? (await answer.json()).content
      : [{ kind: 'note', isWarning: true, text: await answer.text() }];
  });
}

/** The bar in a page: closed at first, each panel loaded when it is opened. */
class QuintetToolbar extends HTMLElement {
  connectedCallback() {
    const root = this.shadowRoot ?? styledShadow(this);
    /** @type {State} */
    const state = JSON.parse(this.dataset.state ?? '{}');
    const bar = this.#bar(state);
    const opener = this.#opener(state);
    const toggle = (/** @type {boolean} */ isOpen) => {
      bar.hidden = !isOpen;
      opener.hidden = isOpen;
      if (isOpen) /** @type {HTMLElement} */ (bar.querySelector('[role=tab]')).click();
      else opener.focus();
    };
    opener.addEventListener('click', () => toggle(true));
    bar.addEventListener('keydown', (event) => event.key === 'Escape' && toggle(false));
    bar.querySelector('.close')?.addEventListener('click', () => toggle(false));
    bar.hidden = true;
    root.replaceChildren(opener, bar);
  }

  /** @param {State} state */
  #opener({ panels }) {
    const says = (/** @type {string} */ id) => panels.find((panel) => panel.id === id)?.summary ?? '';
    const parts = [says('time'), says('sql'), says('cache')].filter((text) => text !== '');
    return element(
      'button',
      { class: 'opener', type: 'button' },
      element('b', {}, 'Quintet '),
      parts.join(' · '),
    );
  }

  /** @param {State} state */
  #bar({ path, id, panels }) {
    const content = element('section', { class: 'panel', role: 'tabpanel', tabindex: '0' });
    const tabs = panels.map(({ id: panel, title, summary }) => {
      const tab = element(
        'button',
        { type: 'button', role: 'tab', 'aria-selected': 'false', 'data-panel': panel },
        title,
        element('small', {}, summary),
      );
      tab.addEventListener('click', async () => {
        for (const other of tabs) other.setAttribute('aria-selected', String(other === tab));
        tab.focus();
        const loaded = await loadPanel(path, id, panel);
        if (tab.getAttribute('aria-selected') !== 'true') return;
        content.setAttribute('data-panel', panel);
        content.replaceChildren(element('h1', {}, title), loaded);
      });
      return tab;
    });
    const list = element('nav', { class: 'tabs', role: 'tablist', 'aria-orientation': 'vertical' }, ...tabs);
    list.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      const at = tabs.findIndex((tab) => tab.getAttribute('aria-selected') === 'true');
      if (step !== undefined) tabs[(at + step + tabs.length) % tabs.length]?.click();
    });
    list.append(
      element(
        'div',
        { class: 'end', role: 'presentation' },
        element('a', { href: `${path}/#${id}` }, 'All requests'),
        element('button', { type: 'button', class: 'close' }, 'Close'),
      ),
    );
    return element('div', { class: 'bar', role: 'dialog', 'aria-label': 'Debug toolbar' }, list, content);
  }
}

customElements.define('quintet-toolbar', QuintetToolbar);
