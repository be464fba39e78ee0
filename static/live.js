// The open case: new lines join the thread without disturbing it, waits and windows tick, and what is no longer ours leaves the screen.
(() => {
  "use strict";

  // Lines that did not change stay as they are, so that what is unfolded, selected or being read aloud is left alone.
  const join = (thread, fresh) => {
    const old = new Map([...thread.children].map((line) => [line.id, line]));
    let before = null;
    [...fresh.children].forEach((line) => {
      const known = old.get(line.id);
      old.delete(line.id);
      const stays = known && known.dataset.mark === line.dataset.mark;
      if (!stays) {
        if (known) known.replaceWith(line);
        else if (before) before.after(line);
        else thread.prepend(line);
      }
      before = stays ? known : line;
    });
    old.forEach((line) => line.remove());
  };

  let focused = "";
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id === "thread") {
      event.detail.shouldSwap = false;
      join(target, fragment.querySelector("#thread"));
    } else if (target.id === "work-list") {
      focused = target.contains(document.activeElement) ? document.activeElement.getAttribute("href") : "";
    }
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    if (focused) document.querySelector(`#work-list a[href="${CSS.escape(focused)}"]`)?.focus();
    focused = "";
    tick();
  });

  // Not ours any more (handed over, closed by somebody): nothing of it stays on the screen.
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 404 && event.detail.elt.id === "live") {
      document.querySelectorAll("main, aside").forEach((part) => part.replaceChildren());
      window.location.replace("/");
    }
  });

  const length = (milliseconds) => {
    const minutes = Math.max(Math.floor(milliseconds / 60000), 0);
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  };
  const DAY = 86400000;
  const tick = () => {
    const now = Date.now();
    document.querySelectorAll("[data-since]").forEach((place) => {
      const age = now - Date.parse(place.dataset.since);
      if (age < DAY) place.textContent = length(age);
    });
    document.querySelectorAll("[data-until]").forEach((place) => {
      const left = Date.parse(place.dataset.until) - now;
      if (left < DAY) place.textContent = length(left);
    });
  };
  window.setInterval(tick, 20000);
})();
