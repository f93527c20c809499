import { element } from './element.js';
import { renderTimeline } from './timeline.js';

/** @typedef {import('../src/recording/content.js').Content} Content */
/** @typedef {import('../src/recording/content.js').Cell} Cell */
/** @typedef {(name: string, index: number) => Promise<Content[]>} Act */

/**
 * Shows what a panel says.
 *
 * @param {readonly Content[]} contents
 * @param {Act} act Does what a button asks for, and resolves to what is shown below it.
 * @returns {DocumentFragment}
 */
export function renderContents(contents, act) {
  const fragment = document.createDocumentFragment();
  for (const content of contents) fragment.append(renderContent(content, act));
  return fragment;
}

/**
 * @param {Content} content
 * @param {Act} act
 * @returns {HTMLElement}
 */
function renderContent(content, act) {
  switch (content.kind) {
    case 'note':
      return element('p', { class: content.isWarning ? 'note warning' : 'note' }, content.text);
    case 'text':
      return element('div', {}, element('h2', {}, content.title ?? ''), element('pre', {}, content.text));
    case 'timeline':
      return renderTimeline(content.spans, content.milliseconds);
    case 'facts':
      return renderTable({ ...content, columns: [], rows: content.facts }, act);
    default:
      return renderTable(content, act);
  }
}

/**
 * @param {{ title?: string, columns: readonly string[], rows: readonly (readonly Cell[])[] }} content
 * @param {Act} act
 */
function renderTable({ title, columns, rows }, act) {
  const table = element('table');
  if (title) table.append(element('caption', {}, title));
  if (columns.length > 0) {
    const heads = columns.map((column) => element('th', { scope: 'col' }, column));
    table.append(element('thead', {}, element('tr', {}, ...heads)));
  }
  const body = element('tbody');
  for (const cells of rows) {
    const row = element('tr');
    cells.forEach((cell, at) => {
      const isName = columns.length === 0 && at === 0;
      row.append(element(isName ? 'th' : 'td', isName ? { scope: 'row' } : {}, renderCell(cell, row, act)));
    });
    body.append(row);
  }
  table.append(body);
  return table;
}

/**
 * @param {Cell} cell
 * @param {HTMLTableRowElement} row
 * @param {Act} act
 * @returns {Node | string}
 */
function renderCell(cell, row, act) {
  if (typeof cell !== 'object') return String(cell);
  if (cell.action) return renderAction(cell.action, row, act);
  return element(cell.isCode ? 'code' : 'span', { class: cell.mark }, cell.text);
}

/**
 * @param {{ label: string, name: string, index: number }} action
 * @param {HTMLTableRowElement} row
 * @param {Act} act
 */
function renderAction({ label, name, index }, row, act) {
  const button = element('button', { class: 'action', type: 'button' }, label);
  button.addEventListener('click', async () => {
    button.disabled = true;
    const cell = element('td', { colspan: String(row.cells.length) });
    cell.append(renderContents(await act(name, index), act));
    row.after(element('tr', {}, cell));
  });
  return button;
}
