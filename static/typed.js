// What is typed into the forms of a case is kept on the server, sealed, while it is typed; after a lock it stands there again.
(() => {
  "use strict";
  const WAIT_MS = 1500;
  const url = document.querySelector("[data-typed]")?.dataset.typed;
  if (!url) return;
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));

  // "note.body": the last part of the form's address, and the field. The reply has a draft of its own.
  const place = (field) => {
    const path = new URL(field.form.action, window.location.href).pathname;
    return `${path.split("/").filter(Boolean).pop()}.${field.name}`;
  };
  const isKept = (field) => field?.matches?.("form[method=post] textarea:not(#reply, [readonly])");

  const waiting = new Map();
  const keep = (field) => {
    window.clearTimeout(waiting.get(field));
    waiting.delete(field);
    const body = new URLSearchParams({ place: place(field), text: field.value });
    return fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" }, keepalive: true }).catch(() => {});
  };
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!isKept(field)) return;
    window.clearTimeout(waiting.get(field));
    waiting.set(field, window.setTimeout(() => keep(field), WAIT_MS));
  });
  // Whoever leaves in the middle of a word loses none of it; what is sent with the form needs no draft.
  window.addEventListener("pagehide", () => [...waiting.keys()].forEach(keep));
  document.addEventListener("submit", (event) => {
    [...waiting.keys()].filter((field) => field.form === event.target).forEach((field) => {
      window.clearTimeout(waiting.get(field));
      waiting.delete(field);
    });
  });

  const putBack = (kept) => document.querySelectorAll("textarea").forEach((field) => {
    if (!isKept(field) || !(place(field) in kept) || field.value !== field.defaultValue) return;
    field.value = kept[place(field)];
    field.dispatchEvent(new Event("input", { bubbles: true }));
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  });
  fetch(url, { headers: { "HX-Request": "true" } })
    .then((answer) => (answer.ok ? answer.json() : { typed: {} }))
    .then(({ typed }) => putBack(typed))
    .catch(() => {});
})();
