// What was revealed or unfolded does not stay on a screen nobody looks at: when the window loses its focus, values take their shape again and folds close; only a deliberate press brings them back, and after the ten minutes nothing does.
(() => {
  "use strict";

  const values = new WeakMap();

  const again = (place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = place.dataset.again;
    button.addEventListener("click", () => {
      button.remove();
      place.textContent = values.get(place);
      values.delete(place);
    });
    return button;
  };

  const veil = () => {
    document.querySelectorAll(".revealed[data-shape]").forEach((place) => {
      if (values.has(place)) return;
      values.set(place, place.textContent);
      place.textContent = place.dataset.shape;
      place.after(" ", again(place));
    });
    document.querySelectorAll("details.fold[open]").forEach((fold) => { fold.open = false; });
  };

  // Their ten minutes are over: the value leaves the page, and the page asks anew.
  const end = (place) => {
    values.delete(place);
    place.textContent = place.dataset.shape;
    place.classList.remove("revealed");
    if (place.nextElementSibling?.matches("button")) place.nextElementSibling.remove();
  };
  document.querySelectorAll(".revealed[data-ends]").forEach((place) => {
    window.setTimeout(() => end(place), Math.max(Date.parse(place.dataset.ends) - Date.now(), 0));
  });

  window.addEventListener("blur", veil);
  document.addEventListener("visibilitychange", () => { if (document.hidden) veil(); });
})();
