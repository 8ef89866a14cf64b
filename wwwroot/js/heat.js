// Draws tables of numbers on canvases: an array comes once, as bytes, and thousands of cells cost one element.

const channels = (text) => {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = text.trim();
  const hex = probe.fillStyle; // always #rrggbb for opaque colours
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
};

// 256 colours between the stops that the page's theme names.
function ramp(element, names) {
  const style = getComputedStyle(element);
  const stops = names.map((name) => channels(style.getPropertyValue(name)));
  const colours = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    for (let c = 0; c < 3; c++) colours[i * 4 + c] = stops[low][c] + (stops[low + 1][c] - stops[low][c]) * (at - low);
    colours[i * 4 + 3] = 255;
  }
  return colours;
}

const sequential = ["--heat-0", "--heat-1", "--heat-2"];
const diverging = ["--heat-minus", "--heat-zero", "--heat-plus"];

function paint(canvas, pixels, rows, columns, colours) {
  canvas.width = columns;
  canvas.height = rows;
  const picture = new ImageData(columns, rows);
  for (let i = 0; i < pixels.length; i++)
    if (pixels[i] >= 0) picture.data.set(colours.subarray(pixels[i] * 4, pixels[i] * 4 + 4), i * 4); // below zero: nothing is there
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

// Square pictures, one for each canvas within the element, from one array of bytes.
export function thumbnails(element, pixels, side) {
  const colours = ramp(element, sequential);
  const canvases = element.querySelectorAll("canvas");
  canvases.forEach((canvas, i) => paint(canvas, pixels.subarray(i * side * side, (i + 1) * side * side), side, side, colours));
  element.dataset.drawn = canvases.length;
}

// A table of 32-bit numbers, row by row; hovering tells the number under the pointer.
export function strip(figure, bytes, rows, columns, low, high, isDiverging, rowNames, columnNames) {
  const canvas = figure.querySelector("canvas");
  const output = figure.querySelector("output");
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const scale = 255 / (high - low || 1);
  const pixels = Int16Array.from(values, (value) => Number.isFinite(value) ? Math.min(255, Math.max(0, Math.round((value - low) * scale))) : -1);
  paint(canvas, pixels, rows, columns, ramp(figure, isDiverging ? diverging : sequential));
  figure.dataset.drawn = `${rows}x${columns}`;
  const name = (names, i, word) => names?.[i] ?? `${word} ${i}`;
  canvas.onpointermove = (event) => {
    const box = canvas.getBoundingClientRect();
    const row = Math.min(rows - 1, Math.max(0, Math.floor((event.clientY - box.top) / box.height * rows)));
    const column = Math.min(columns - 1, Math.max(0, Math.floor((event.clientX - box.left) / box.width * columns)));
    output.textContent = `${name(rowNames, row, "row")}, ${name(columnNames, column, "column")}: ${values[row * columns + column].toPrecision(4)}`;
  };
  canvas.onpointerleave = () => { output.textContent = ""; };
}

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Saves a text that comes as a stream, such as a table as CSV.
export async function saveText(name, type, stream) {
  save(name, new Blob([await stream.arrayBuffer()], { type }));
}

// Saves a Plotly chart.
export function savePlot(id, name, isVector) {
  return window.Plotly.downloadImage(id, { format: isVector ? "svg" : "png", width: 1000, height: 1000, scale: isVector ? 1 : 2, filename: name });
}

// Saves the picture within an element: its drawing where it has one, else a drawing of what the browser laid out.
export async function savePicture(element, name, isVector) {
  const own = element.querySelector("svg[data-picture]");
  const drawing = own ? standAlone(own) : drawingOf(element);
  const text = new XMLSerializer().serializeToString(drawing);
  if (isVector) save(`${name}.svg`, new Blob([text], { type: "image/svg+xml" }));
  else save(`${name}.png`, await rasterize(text, drawing.viewBox.baseVal));
}

const svg = "http://www.w3.org/2000/svg";

function part(parent, kind, attributes) {
  const child = parent.appendChild(document.createElementNS(svg, kind));
  for (const [name, value] of Object.entries(attributes)) child.setAttribute(name, value);
  return child;
}

// A colour as any program reads it; null where nothing is to be seen.
const plainColours = new Map();
function plainColour(text) {
  if (plainColours.has(text)) return plainColours.get(text);
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  const colour = a === 0 ? null : { fill: `rgb(${r},${g},${b})`, "fill-opacity": a / 255 };
  plainColours.set(text, colour);
  return colour;
}

// Boxes, words and canvases of an element, each where it lies.
function drawingOf(element) {
  const frame = element.getBoundingClientRect();
  const drawing = document.createElementNS(svg, "svg");
  drawing.setAttribute("viewBox", `0 0 ${Math.ceil(frame.width)} ${Math.ceil(frame.height)}`);
  for (let behind = element; behind; behind = behind.parentElement) {
    const colour = plainColour(getComputedStyle(behind).backgroundColor);
    if (!colour || colour["fill-opacity"] < 1) continue;
    part(drawing, "rect", { width: "100%", height: "100%", ...colour });
    break;
  }

  const place = (box) => ({ x: box.left - frame.left, y: box.top - frame.top, width: box.width, height: box.height });
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return words(node);
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(".mud-menu, .sr-only")) return;
    const style = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    if (style.visibility === "hidden" || box.width === 0 || box.height === 0) return;
    const fill = plainColour(style.backgroundColor);
    const edge = parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none" ? plainColour(style.borderTopColor) : null;
    if (fill || edge)
      part(drawing, "rect", { ...place(box), rx: parseFloat(style.borderTopLeftRadius) || 0, ...(fill ?? { fill: "none" }), ...(edge ? { stroke: edge.fill, "stroke-opacity": edge["fill-opacity"], "stroke-width": parseFloat(style.borderTopWidth) } : {}) });
    if (node.localName === "canvas") part(drawing, "image", { ...place(box), href: node.toDataURL(), preserveAspectRatio: "none", style: "image-rendering:pixelated" });
    else for (const child of node.childNodes) walk(child);
  };
  const words = (node) => {
    const style = getComputedStyle(node.parentElement);
    const range = document.createRange();
    for (const word of node.data.matchAll(/\S+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const box = range.getBoundingClientRect();
      part(drawing, "text", {
        x: box.left - frame.left, y: box.top - frame.top + box.height / 2, "dominant-baseline": "central", ...plainColour(style.color),
        "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight, "text-decoration": style.textDecorationLine,
      }).textContent = word[0];
    }
  };
  walk(element);
  return drawing;
}

// A drawing with the colours that the page's style gave it.
function standAlone(drawing) {
  const copy = drawing.cloneNode(true);
  const originals = drawing.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((part, i) => {
    const style = getComputedStyle(originals[i]);
    for (const property of ["fill", "stroke", "stroke-width", "stroke-opacity", "opacity", "font-family", "font-size", "text-anchor"]) part.style.setProperty(property, style.getPropertyValue(property));
  });
  return copy;
}

async function rasterize(text, box) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [box.width * 2, box.height * 2];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve));
}
