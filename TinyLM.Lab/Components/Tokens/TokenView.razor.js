// Tells how many characters of the typewriter face fit into a row, now and whenever that changes.
export function measure(element, view) {
  const probe = document.createElement("span");
  probe.textContent = "0".repeat(100);
  probe.style.cssText = "position:absolute;visibility:hidden;white-space:pre";
  let told = 0;

  const observer = new ResizeObserver(() => {
    element.appendChild(probe);
    const width = probe.getBoundingClientRect().width / 100;
    probe.remove();
    const style = getComputedStyle(element);
    const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const columns = Math.floor(room / width) - 1;
    if (columns === told || !(columns > 0)) return;
    told = columns;
    view.invokeMethodAsync("FitAsync", columns).catch(() => { }); // the circuit is gone
  });
  observer.observe(element);

  return { stop: () => observer.disconnect() };
}
