// Lights up a claim's words and its card together: under the pointer, under the keyboard's focus, and the one in the address.
"use strict";
(() => {
  const claimsOf = (element) => element?.dataset?.claims?.split(" ") ?? [];
  const partsOf = new Map();
  for (const element of document.querySelectorAll("[data-claims]")) {
    for (const claim of claimsOf(element)) {
      if (!partsOf.has(claim)) partsOf.set(claim, []);
      partsOf.get(claim).push(element);
    }
  }
  const light = (name, claims) => {
    for (const element of document.querySelectorAll("." + name)) element.classList.remove(name);
    for (const claim of claims) {
      for (const element of partsOf.get(claim) ?? []) element.classList.add(name);
    }
  };
  const marked = (node) => (node instanceof Element ? node.closest("[data-claims]") : null);
  let under = null;
  const follow = (event) => {
    const now = marked(event.target);
    if (now !== under) light("lit", claimsOf((under = now)));
  };
  document.addEventListener("pointerover", follow);
  document.addEventListener("focusin", follow);
  const chosen = () => light("chosen", claimsOf(document.getElementById(location.hash.slice(1))));
  window.addEventListener("hashchange", chosen);
  chosen();
  // Words lead to the card of the innermost claim that they belong to, unless somebody is selecting text.
  document.querySelector(".reader")?.addEventListener("click", (event) => {
    const words = marked(event.target);
    if (!words || words.closest(".card, a") || String(getSelection())) return;
    const claims = claimsOf(words);
    const card = (partsOf.get(claims.at(-1)) ?? []).find((part) => part.matches(".card"));
    if (card) location.hash = card.id;
  });
})();
