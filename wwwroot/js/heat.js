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

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// Saves the picture within an element: its canvas, or its drawing.
export async function savePicture(element, name, isVector) {
  const drawing = element.querySelector("svg[data-picture]");
  if (drawing) {
    const text = standAlone(drawing);
    if (isVector) save(`${name}.svg`, new Blob([text], { type: "image/svg+xml" }));
    else save(`${name}.png`, await rasterize(text, drawing.viewBox.baseVal));
    return;
  }

  const canvas = element.querySelector("canvas");
  const factor = Math.max(1, Math.ceil(800 / Math.max(canvas.width, canvas.height)));
  const [width, height] = [canvas.width * factor, canvas.height * factor];
  if (isVector) {
    const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"><title>${escape(name)}</title>`
      + `<image href="${canvas.toDataURL()}" width="${width}" height="${height}" preserveAspectRatio="none" style="image-rendering:pixelated"/></svg>`;
    save(`${name}.svg`, new Blob([text], { type: "image/svg+xml" }));
    return;
  }

  const large = document.createElement("canvas");
  [large.width, large.height] = [width, height];
  const context = large.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, width, height);
  large.toBlob((blob) => save(`${name}.png`, blob));
}

// A drawing with the colours that the page's style gave it.
function standAlone(drawing) {
  const copy = drawing.cloneNode(true);
  const originals = drawing.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((part, i) => {
    const style = getComputedStyle(originals[i]);
    for (const property of ["fill", "stroke", "stroke-width", "stroke-opacity", "opacity", "font-family", "font-size", "text-anchor"]) part.style.setProperty(property, style.getPropertyValue(property));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
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
