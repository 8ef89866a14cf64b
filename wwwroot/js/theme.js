// Light or dark: what was chosen in this browser, else what the system asks for. Loaded before the first paint, so that
// the splash already has the right colours.
(() => {
  const key = "tinylm-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem(key);
  const isDark = () => (chosen() ?? (system.matches ? "dark" : "light")) === "dark";
  const paint = () => { document.documentElement.dataset.theme = isDark() ? "dark" : "light"; };

  paint();
  window.tinylmTheme = {
    isDark,
    choose(dark) {
      localStorage.setItem(key, dark ? "dark" : "light");
      paint();
    },
    // Tells the page when the system changes, as long as nothing was chosen here.
    watch(page) {
      system.addEventListener("change", () => {
        paint();
        if (chosen() === null) page.invokeMethodAsync("FollowSystemAsync", isDark()).catch(() => { /* the circuit has ended */ });
      });
    },
  };
})();
