// Hands a file to the browser as if it had been downloaded.
export async function save(name, content) {
  const address = URL.createObjectURL(new Blob([await content.arrayBuffer()]));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
