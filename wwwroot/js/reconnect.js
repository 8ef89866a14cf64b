// What the page shows while the connection to the lab is down. The lab may only be restarting: a session that it no
// longer knows is replaced by loading the page again, which keeps its address and so its view.
const dialog = document.getElementById("components-reconnect-modal");
const retry = document.getElementById("reconnect-retry");

async function connect() {
  try {
    if (!await Blazor.reconnect() && !await Blazor.resumeCircuit()) location.reload();
  } catch {
    whenVisible(); // the lab does not answer yet
  }
}

function whenVisible() {
  document.addEventListener("visibilitychange", function again() {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", again);
    connect();
  });
}

dialog.addEventListener("components-reconnect-state-changed", event => {
  const state = event.detail.state;
  if (state === "show" && !dialog.open) dialog.showModal();
  else if (state === "hide" && dialog.open) dialog.close();
  else if (state === "failed") whenVisible();
  else if (state === "rejected" || state === "resume-failed") location.reload();
});
retry.addEventListener("click", connect);
