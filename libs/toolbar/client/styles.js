/** Styles of everything that the toolbar shows; they live in shadow roots and touch nothing of the page. */
const text = `
:host { all: initial; color-scheme: light dark;
  --ink: light-dark(#1d2330, #e6e9f0); --soft: light-dark(#5c6577, #9aa4b8); --paper: light-dark(#ffffff, #151922);
  --raised: light-dark(#f3f5f9, #1e2430); --line: light-dark(#dde2eb, #303846); --accent: light-dark(#b3261e, #ff8a80);
  --warn: light-dark(#8a5a00, #ffc46b); --warn-paper: light-dark(#fff6e0, #33290f); --good: light-dark(#1b6e3c, #7fd8a1);
  font: 13px/1.45 system-ui, sans-serif; color: var(--ink); }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button, input, select { font: inherit; color: inherit; }
button { background: none; border: 0; cursor: pointer; text-align: left; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
a { color: inherit; }
.opener { position: fixed; right: 12px; bottom: 12px; z-index: 2147483646; padding: 6px 12px; border-radius: 16px;
  background: var(--paper); border: 1px solid var(--line); box-shadow: 0 2px 10px #0003; font-variant-numeric: tabular-nums; }
.opener b { color: var(--accent); }
.bar { position: fixed; inset: auto 0 0 0; z-index: 2147483647; height: min(62vh, 640px); display: grid;
  grid-template-columns: 220px 1fr; background: var(--paper); border-top: 1px solid var(--line); box-shadow: 0 -4px 24px #0003; }
.tabs { background: var(--raised); border-right: 1px solid var(--line); overflow: auto; display: flex; flex-direction: column; }
.tabs button { padding: 7px 12px; display: flex; justify-content: space-between; gap: 8px; border-left: 3px solid transparent; }
.tabs button[aria-selected=true] { background: var(--paper); border-left-color: var(--accent); font-weight: 600; }
.tabs small { color: var(--soft); font-weight: 400; text-align: right; font-size: 11px; }
.tabs .end { margin-top: auto; border-top: 1px solid var(--line); display: flex; }
.tabs .end > * { flex: 1; padding: 7px 12px; color: var(--soft); text-decoration: none; justify-content: center; }
.panel { overflow: auto; padding: 12px 16px; }
h1, h2 { margin: 0 0 8px; font-size: 15px; }
.note { margin: 0 0 8px; padding: 6px 10px; border-radius: 6px; background: var(--raised); white-space: pre-wrap; overflow-wrap: anywhere; }
.note.warning { background: var(--warn-paper); color: var(--warn); }
table { border-collapse: collapse; width: 100%; margin: 0 0 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 4px 0; }
th { text-align: left; font-weight: 500; color: var(--soft); position: sticky; top: -12px; background: var(--paper); }
th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: pre-wrap; overflow-wrap: break-word; }
th, .action { white-space: nowrap; }
td code { overflow-wrap: anywhere; }
td:has(> code) { min-width: 16em; }
code, pre { font: 12px/1.45 ui-monospace, monospace; }
pre { margin: 0 0 12px; padding: 8px 10px; background: var(--raised); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
.slow, .error { color: var(--accent); font-weight: 600; }
.duplicate { color: var(--warn); }
.action { padding: 1px 8px; border: 1px solid var(--line); border-radius: 6px; }
.timeline { margin: 0 0 14px; display: grid; gap: 2px; }
.span { display: grid; grid-template-columns: minmax(120px, 28%) 1fr 70px; gap: 8px; align-items: center; }
.span span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.span span:last-child { text-align: right; color: var(--soft); }
.track { height: 12px; background: var(--raised); border-radius: 3px; position: relative; }
.track i { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 3px; background: var(--soft); }
.track .query { background: light-dark(#2f6fdb, #7aa8ff); } .track .handler { background: light-dark(#1b8a4c, #6fd69a); }
.track .cache { background: light-dark(#b36b00, #ffb74d); } .track .template { background: light-dark(#8e3fb8, #cf93f0); }
.track .signal { background: light-dark(#b3261e, #ff8a80); }
.requests { padding: 20px 24px; max-width: 1280px; margin: 0 auto; }
.filters { display: flex; flex-wrap: wrap; gap: 10px; margin: 0 0 14px; }
.filters label { display: grid; gap: 2px; color: var(--soft); }
.filters input { padding: 4px 8px; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); color: var(--ink); }
.chips { display: flex; flex-wrap: wrap; gap: 4px; }
.chips button { padding: 1px 8px; border: 1px solid var(--line); border-radius: 10px; }
.detail { border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; margin: 0 0 16px; }
@media (max-width: 700px) { .bar { grid-template-columns: 1fr; grid-template-rows: auto 1fr; height: 80vh; }
  .tabs { flex-direction: row; border-right: 0; } .tabs small { display: none; } .tabs .end { margin: 0; } }
`;

/**
 * Opens a shadow root with the toolbar's styles: a sheet made by script passes every content security policy.
 *
 * @param {HTMLElement} host
 * @returns {ShadowRoot}
 */
export function styledShadow(host) {
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  root.adoptedStyleSheets = [sheet];
  return root;
}
