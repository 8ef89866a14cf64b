// Notifications of the browser, where a person wants them: chosen here, kept in this browser, and allowed by its user.
window.tinylmNotify = (() => {
  const key = "tinylm-notify";
  const isOn = () => localStorage.getItem(key) === "on" && "Notification" in window && Notification.permission === "granted";
  return {
    isOn,
    async turn(on) {
      if (!on) localStorage.removeItem(key);
      else if ("Notification" in window && await Notification.requestPermission() === "granted") localStorage.setItem(key, "on");
      return isOn();
    },
    show(title, message) {
      if (isOn()) new Notification(title, { body: message, tag: title });
    },
  };
})();
