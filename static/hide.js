// Quick hide: a press on [data-hide], or Esc twice, empties the page first and then leaves it, so that Back does not return.
(() => {
  "use strict";
  const TWICE_WITHIN_MS = 700;
  let lastEscape = -Infinity;

  const door = () => document.querySelector("[data-hide]");

  const hide = () => {
    const away = door().href;
    document.title = "\u200b";
    document.body.replaceChildren();
    document.body.className = "";
    window.location.replace(away);
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-hide]")) {
      event.preventDefault();
      hide();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat || event.isComposing || !door()) return;
    if (event.timeStamp - lastEscape < TWICE_WITHIN_MS) {
      event.preventDefault();
      hide();
    }
    lastEscape = event.timeStamp;
  }, true);

  // A page brought back from the browser's own memory is asked for again, so that the server decides.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      document.body.replaceChildren();
      window.location.reload();
    }
  });
})();
