// Keeps the practice page current once a second; without it the page works by reload.
"use strict";
(() => {
  const page = document.querySelector("[data-devices]");
  if (!page) return;
  const live = () => [...page.querySelectorAll("[data-live]")];
  const scrollable = (part) => (part.matches(".device-thread") ? part : part.querySelector(".device-thread"));
  const toEnd = (part) => {
    const thread = scrollable(part);
    if (thread) thread.scrollTop = thread.scrollHeight;
  };
  // The token in a form differs at every rendering and is no change to look at.
  const known = (part) => {
    const copy = part.cloneNode(true);
    copy.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => field.remove());
    return copy.innerHTML;
  };

  const put = (part, fresh) => {
    if (known(part) === known(fresh)) return;
    const held = part.contains(document.activeElement) ? document.activeElement : null;
    part.replaceWith(fresh);
    toEnd(fresh);
    if (!held) return;
    const same = held.name && [...fresh.querySelectorAll("button")].find((b) => b.name === held.name && b.value === held.value);
    (same || fresh.querySelector("button, [tabindex]") || fresh).focus();
  };

  let busy = false;
  const refresh = async () => {
    if (busy || document.hidden) return;
    busy = true;
    try {
      const answer = await fetch(page.dataset.devices, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of live()) {
          const found = fresh.getElementById(part.id);
          if (found) put(part, document.adoptNode(found));
        }
      }
    } catch {
      // The server is away for a moment; the next second asks again.
    } finally {
      busy = false;
    }
  };

  page.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-live-form]");
    if (!form) return;
    event.preventDefault();
    const given = new FormData(form, event.submitter);
    form.querySelectorAll("textarea, input:not([type])").forEach((field) => { field.value = ""; });
    const answer = await fetch(form.action, { method: "POST", body: given, redirect: "manual" }).catch(() => null);
    if (!answer || (answer.type !== "opaqueredirect" && !answer.ok)) location.reload();
    await refresh();
  });

  page.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit(event.target.form.querySelector("[data-send]"));
    }
  });

  live().forEach(toEnd);
  addEventListener("hashchange", () => live().forEach(toEnd)); // a device not shown had no height
  setInterval(refresh, 1000);
})();
