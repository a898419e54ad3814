// A setting's page: what a value would mean, or what is wrong with it, while it is chosen.
(() => {
  const form = document.querySelector("#ask");
  if (!form) return;
  const trouble = form.querySelector("#trouble"), effect = form.querySelector("#effect"), seen = form.elements.seen;
  let timer, asked = 0;
  async function check() {
    const mine = ++asked;
    const res = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const got = await res.json();
    if (mine !== asked || !res.ok) return; // the next page says it
    trouble.textContent = got.error || "";
    trouble.hidden = !got.error;
    form.querySelector("fieldset").toggleAttribute("aria-describedby", false);
    if (got.error) form.querySelector("fieldset").setAttribute("aria-describedby", "trouble");
    effect.textContent = got.effect || "";
    seen.value = got.seen || "";
  }
  function soon() {
    asked++;
    seen.value = "";
    clearTimeout(timer);
    timer = setTimeout(() => check().catch(() => {}), 300);
  }
  form.addEventListener("input", soon);
})();
