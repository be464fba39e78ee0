// Desk habits: messages that can be closed, menus that close by themselves, tabs that say which is open, and the lock.
(() => {
  "use strict";

  // Buttons that need a script are only shown when there is one.
  const wake = (root) => root.querySelectorAll("[data-dismiss][hidden]").forEach((button) => { button.hidden = false; });

  const lock = () => {
    document.body.querySelectorAll("main, aside, nav").forEach((part) => part.replaceChildren());
    window.location.replace(document.body.dataset.lock || window.location.href);
  };

  // Somebody reads, scrolls or moves without asking the server for anything: it is told so now and then.
  const TELL_MS = 30000;
  let told = Date.now();
  const here = () => {
    if (Date.now() - told < TELL_MS) return;
    told = Date.now();
    const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
    fetch(document.body.dataset.here, { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true" } })
      .then((answer) => { if (answer.status === 401) lock(); }).catch(() => {});
  };

  // Nobody there: nothing stays on the screen. The server's own clock locked the session a moment before.
  const idleMs = Number(document.body.dataset.idle) * 1000 + 2000;
  let lastAction = Date.now();
  if (document.body.dataset.idle) {
    ["keydown", "pointerdown", "wheel", "touchstart"].forEach((kind) => {
      document.addEventListener(kind, () => { lastAction = Date.now(); if (document.body.dataset.here) here(); }, { passive: true, capture: true });
    });
    const watch = window.setInterval(() => {
      if (Date.now() - lastAction <= idleMs) return;
      window.clearInterval(watch);
      lock();
    }, 1000);
  }

  const markTab = () => {
    const open = document.getElementById(window.location.hash.slice(1))?.closest("#work, #aside")?.id || "main";
    document.querySelectorAll(".tabs a").forEach((tab) => {
      if (tab.getAttribute("href") === `#${open}`) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    });
  };

  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest(".toast, .banner")?.remove();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // Words are not dragged out of the window; what is meant to be moved says so itself.
  document.addEventListener("dragstart", (event) => {
    if (!event.target.closest?.("[draggable=true]")) event.preventDefault();
  });

  // A dialog opened by a link that also works as a page: <a href="…" data-dialog="id">.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
  });

  // 401 to a background request: the session is locked, so nothing may stay on the screen.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status === 401) {
      event.preventDefault();
      lock();
    }
  });

  // The browser or the key said no: the page says so in words.
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelectorAll("[data-key-failed]").forEach((line) => { line.hidden = false; });
  });

  document.addEventListener("htmx:afterSwap", (event) => wake(event.target));
  window.addEventListener("hashchange", markTab);
  wake(document);
  markTab();
})();
