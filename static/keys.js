// Keyboard: [data-key="r"] is focused (a field) or pressed (a link, button) by its key; j and k walk [data-rows]; ? shows the list.
// <body data-keys="off"> switches single letters off for people who dictate.
(() => {
  "use strict";
  const EDITABLE = "input, textarea, select, [contenteditable]";

  const use = (target) => {
    const fold = target.closest("details:not([open])");
    if (fold && !target.matches("summary")) fold.open = true;
    if (target.matches(EDITABLE)) target.focus();
    else target.click();
  };

  const walk = (step) => {
    const links = [...document.querySelectorAll("[data-rows] a[href]")].filter((link) => link.offsetParent);
    if (!links.length) return;
    const here = links.findIndex((link) => link === document.activeElement);
    const current = here >= 0 ? here : links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = current < 0 ? (step > 0 ? 0 : links.length - 1) : current + step;
    links[Math.max(0, Math.min(links.length - 1, next))].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form[data-send]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || document.body.dataset.keys === "off") return;
    if (event.target.closest(EDITABLE) || document.querySelector("dialog[open]")) return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "?") document.getElementById("keys-help")?.showModal();
    else {
      const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!target) return;
      event.preventDefault();
      use(target);
    }
  });
})();
