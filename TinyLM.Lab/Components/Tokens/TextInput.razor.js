const longestMessage = 16000; // bytes; longer texts come as a stream
const longestMarked = 20000; // characters; beyond, the place of a token is not marked in the field
const patience = 10000; // an answer that a lost connection swallowed is not waited for

// dir="auto" asks for the direction of every paragraph, which takes a browser seconds for a megabyte: a long text has one, that of its
// first letter.
function direction(text) {
  if (text.length <= longestMarked) return "auto";
  const first = /\p{L}/u.exec(text)?.[0] ?? "";
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first) ? "rtl" : "ltr";
}

export function take(area, marks, input, mostBytes, text) {
  const encoder = new TextEncoder();
  let timer = 0;
  let sentAt = 0;
  let isWaiting = false;

  async function send() {
    if (sentAt !== 0 && Date.now() - sentAt < patience) {
      isWaiting = true;
      return;
    }
    sentAt = Date.now();
    isWaiting = false;
    try {
      const value = area.value.toWellFormed?.() ?? area.value;
      const bytes = encoder.encode(value);
      if (bytes.length > mostBytes) await input.invokeMethodAsync("Refuse", bytes.length);
      else if (bytes.length > longestMessage) await input.invokeMethodAsync("TakeStreamAsync", DotNet.createJSStreamReference(bytes));
      else await input.invokeMethodAsync("TakeAsync", value);
    } catch {
      // The circuit is gone; a page that is loaded again begins anew.
    } finally {
      sentAt = 0;
    }
    if (isWaiting) await send();
  }

  function mark(start, length) {
    if (length === 0 || area.value.length > longestMarked) {
      marks.replaceChildren();
      return;
    }
    const place = document.createElement("mark");
    place.textContent = area.value.slice(start, start + length);
    marks.replaceChildren(area.value.slice(0, start), place, area.value.slice(start + length) + "\n");
    marks.scrollTop = area.scrollTop;
  }

  function put(value) {
    area.dir = direction(value);
    area.value = value;
  }

  if (area.value === "") put(text);
  else send(); // someone was faster than this script
  area.addEventListener("input", () => {
    area.dir = direction(area.value);
    mark(0, 0);
    clearTimeout(timer);
    timer = setTimeout(send, area.value.length > longestMarked ? 250 : 60);
  });
  area.addEventListener("paste", event => {
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    const bytes = pasted.length > mostBytes / 3 ? encoder.encode(pasted).length : 0;
    if (bytes <= mostBytes) {
      if (pasted.length > longestMarked) area.dir = direction(pasted); // before it is laid out
      return;
    }
    event.preventDefault(); // to lay such a text out holds a browser up for half a minute
    input.invokeMethodAsync("Refuse", bytes).catch(() => { /* The circuit is gone; a page that is loaded again begins anew. */ });
  });
  area.addEventListener("scroll", () => { marks.scrollTop = area.scrollTop; });
  area.addEventListener("mark", event => mark(event.detail.start, event.detail.length));

  return {
    set(value) {
      clearTimeout(timer);
      mark(0, 0);
      put(value);
    },
  };
}
