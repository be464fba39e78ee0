// The composer: how long an answer is (an SMS in parts), and what happens when the window closes while somebody types.
(() => {
  "use strict";

  // The GSM alphabet (3GPP TS 23.038): a text of these letters has 160 to an SMS, any other 70.
  const PLAIN = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  const TWICE = "^{}\\[~]|€\f";

  const parts = (text) => {
    const plain = [...text].every((sign) => PLAIN.includes(sign) || TWICE.includes(sign));
    const length = plain ? [...text].reduce((sum, sign) => sum + (TWICE.includes(sign) ? 2 : 1), 0) : text.length;
    const [one, many] = plain ? [160, 153] : [70, 67];
    return { length, room: length <= one ? one : Math.ceil(length / many) * many, parts: length <= one ? 1 : Math.ceil(length / many) };
  };

  const count = (field) => {
    const place = document.getElementById("reply-length");
    const text = field.value;
    if (!place || !text) return;
    if ("segments" in field.dataset) {
      const found = parts(text);
      place.textContent = place.dataset.parts.replace("%n", found.length).replace("%m", found.room).replace("%p", found.parts);
    } else {
      const left = Number(field.dataset.longest) - text.length;
      if (left < field.dataset.longest / 5) place.textContent = place.dataset.left.replace("%n", left);
    }
  };

  // Free words may not go out any more: the page says so at once, and nothing typed is lost.
  const shut = () => {
    document.querySelectorAll("[data-shuts]").forEach((clock) => {
      const over = Date.parse(clock.dataset.until) <= Date.now();
      if (!over) return;
      const form = clock.closest("form");
      clock.parentElement.hidden = true;
      form.querySelectorAll(".verdict .sign.done").forEach((sign) => { sign.hidden = true; });
      form.querySelectorAll("[data-shut]").forEach((sign) => { sign.hidden = false; });
      form.querySelectorAll("button.primary").forEach((button) => { button.disabled = true; });
    });
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-longest]")) count(event.target);
  });
  document.querySelectorAll("[data-longest]").forEach(count);
  document.addEventListener("htmx:oobAfterSwap", shut);
  window.setInterval(shut, 5000);
  shut();
})();
