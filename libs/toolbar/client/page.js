import { element } from './element.js';
import { styledShadow } from './styles.js';
import { loadPanel } from './toolbar.js';

/** @typedef {import('../src/pages/record-json.js').RecordSummary} RecordSummary */

const path = new URL('..', import.meta.url).pathname.replace(/\/$/, '');
const FILTERS = { path: 'Path', status: 'Status', minMs: 'At least ms', minQueries: 'At least queries' };
const EVERY = 1_000;

/** The last requests of this process, as they come in, and each panel one click away. */
class QuintetRequests extends HTMLElement {
  #known = '';
  #rows = element('tbody');
  #detail = element('section', { class: 'detail', 'aria-live': 'polite' });
  #inputs = Object.fromEntries(
    Object.keys(FILTERS).map((name) => [name, element('input', { name, autocomplete: 'off' })]),
  );

  connectedCallback() {
    this.#detail.hidden = true;
    const labels = Object.entries(FILTERS).map(([name, text]) =>
      element('label', {}, text, /** @type {HTMLInputElement} */ (this.#inputs[name])),
    );
    const heads = ['Time', 'Request', 'Status', 'Took', 'Queries', 'Panels'];
    styledShadow(this).append(
      element(
        'main',
        { class: 'requests' },
        element('h1', {}, 'Requests'),
        element('form', { class: 'filters' }, ...labels),
        this.#detail,
        element(
          'table',
          {},
          element(
            'thead',
            {},
            element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head))),
          ),
          this.#rows,
        ),
      ),
    );
    for (const input of Object.values(this.#inputs)) input.addEventListener('input', () => this.#refresh());
    this.shadowRoot?.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
    void this.#follow();
    const [id, panel = 'time'] = decodeURIComponent(location.hash.slice(1)).split('/');
    if (id) void this.#show(id, panel, id);
  }

  /** Asks again and again, as long as somebody looks. */
  async #follow() {
    if (!document.hidden) await this.#refresh();
    setTimeout(() => this.#follow(), EVERY);
  }

  async #refresh() {
    const query = new URLSearchParams();
    for (const [name, { value }] of Object.entries(this.#inputs)) if (value) query.set(name, value);
    try {
      const response = await fetch(`${path}/api/requests?${query}`);
      const text = await response.text();
      // What has the focus stays as long as there is nothing new.
      if (!response.ok || text === this.#known) return;
      this.#known = text;
      this.#rows.replaceChildren(...JSON.parse(text).map(this.#row, this));
    } catch {
      // The application is being started anew.
    }
  }

  /** @param {RecordSummary} request */
  #row(request) {
    const { id, at, method, url, status, milliseconds, queries, panels } = request;
    const chips = panels.map(({ id: panel, title, summary }) => {
      const chip = element('button', { type: 'button', title: summary, 'data-panel': panel }, title);
      chip.addEventListener('click', () => this.#show(id, panel, `${method} ${url}`));
      return chip;
    });
    const cells = [at.slice(11, 23), `${method} ${url}`, status ?? '', `${milliseconds} ms`, queries];
    return element(
      'tr',
      { 'data-id': id },
      ...cells.map((text) => element('td', {}, String(text))),
      element('td', {}, element('div', { class: 'chips' }, ...chips)),
    );
  }

  /**
   * @param {string} id
   * @param {string} panel
   * @param {string} title
   */
  async #show(id, panel, title) {
    history.replaceState(null, '', `#${id}/${panel}`);
    const loaded = await loadPanel(path, id, panel);
    this.#detail.hidden = false;
    this.#detail.setAttribute('data-panel', panel);
    this.#detail.replaceChildren(element('h2', {}, `${title} · ${panel}`), loaded);
    this.#detail.scrollIntoView({ block: 'nearest' });
  }
}

customElements.define('quintet-requests', QuintetRequests);
