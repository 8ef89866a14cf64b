// One token lit in all views: by a style sheet of one rule, which also holds for chips that are drawn later.
let boards = 0;

export function link(root, board) {
  const id = `board-${++boards}`;
  root.dataset.board = id;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const area = () => root.querySelector("textarea[data-marks]");
  let lit = -1;
  let isPinned = false; // by a click: pointing lights tokens still, but no longer tells of them
  let timer = 0;

  const chip = (panel, index) => panel.querySelector(`[data-t="${index}"]`);
  const panels = () => [...root.querySelectorAll("[data-panel]")];

  function tell(index) {
    clearTimeout(timer);
    timer = setTimeout(() => board.invokeMethodAsync("TouchAsync", index).catch(() => { }), 40); // the circuit may be gone
  }

  function light(index, from) {
    if (index === lit) return;
    lit = index;
    sheet.replaceSync(index < 0 ? "" : `[data-board="${id}"] [data-t="${index}"] { background: color-mix(in srgb, var(--hue) 55%, transparent) !important; box-shadow: 0 0 0 1.5px var(--hue) !important; }`);
    mark(index);
    if (index < 0) return;
    for (const panel of panels()) if (panel !== from) reveal(panel, index);
    if (!isPinned) tell(index);
  }

  // Scrolls within the panel alone; the page stays where it is.
  function reveal(panel, index) {
    const found = chip(panel, index);
    if (!found) return;
    const inner = found.getBoundingClientRect();
    const outer = panel.getBoundingClientRect();
    if (inner.top < outer.top) panel.scrollTop -= outer.top - inner.top + 8;
    else if (inner.bottom > outer.bottom) panel.scrollTop += inner.bottom - outer.bottom + 8;
  }

  function mark(index) {
    const field = area();
    if (!field) return;
    const place = index < 0 ? null : root.querySelector(`[data-t="${index}"][data-s]`)?.dataset.s;
    const [start, length] = place ? place.split(",").map(Number) : [0, 0];
    field.dispatchEvent(new CustomEvent("mark", { detail: { start, length } }));
  }

  const over = event => {
    const found = event.target.closest?.("[data-t]");
    if (found) light(Number(found.dataset.t), found.closest("[data-panel]"));
  };

  const clicked = event => {
    const found = event.target.closest?.("[data-t]");
    if (!found) return;
    isPinned = true;
    tell(Number(found.dataset.t));
  };

  const free = () => { isPinned = false; };

  const keys = event => {
    if (event.key === "Escape") free();
    const panel = event.target.closest?.("[data-panel]");
    if (!panel || event.target !== panel) return;
    const drawn = panel.querySelectorAll("[data-t]");
    if (drawn.length === 0) return;
    const first = Number(drawn[0].dataset.t);
    const last = Number(drawn[drawn.length - 1].dataset.t);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const next = event.key === "Home" ? first : event.key === "End" ? last : step ? (lit < 0 ? first : lit + step) : -1;
    if (next < 0 || !chip(panel, next)) return;
    event.preventDefault();
    light(next, null);
    if (isPinned) tell(next);
  };

  // From the text to the chips: the pointer or the caret in the text field.
  const pointed = event => {
    const field = area();
    if (event.target !== field || !document.caretPositionFromPoint) return;
    const caret = document.caretPositionFromPoint(event.clientX, event.clientY);
    if (caret?.offsetNode === field) lightAt(caret.offset);
  };

  const moved = () => {
    const field = area();
    if (field && document.activeElement === field && field.selectionStart === field.selectionEnd) lightAt(Math.max(0, field.selectionStart - 1));
  };

  function lightAt(unit) {
    const chips = root.querySelectorAll("[data-s]");
    let low = 0;
    let high = chips.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const [start, length] = chips[middle].dataset.s.split(",").map(Number);
      if (start + length > unit) high = middle;
      else low = middle + 1;
    }
    if (chips.length === 0) return;
    const [start, length] = chips[low].dataset.s.split(",").map(Number);
    if (start <= unit && unit < start + length) light(Number(chips[low].dataset.t), null);
  }

  const left = () => {
    sheet.replaceSync("");
    lit = -1;
    mark(-1);
  };

  root.addEventListener("pointerover", over);
  root.addEventListener("pointermove", pointed);
  root.addEventListener("pointerleave", left);
  root.addEventListener("click", clicked);
  root.addEventListener("input", free);
  root.addEventListener("keydown", keys);
  document.addEventListener("selectionchange", moved);

  return {
    stop() {
      clearTimeout(timer);
      document.removeEventListener("selectionchange", moved);
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter(one => one !== sheet);
    },
  };
}
