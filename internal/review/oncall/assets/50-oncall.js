// Somebody is being called: told over the stream where there is one, asked for elsewhere.
// It lies above the page and moves nothing; saying that one is on it leaves the page, and
// what is typed on it, as they are.
"use strict";
(() => {
  const { one } = window.desk;
  if (one(".calls")) window.desk.refresh = () => location.replace(location.pathname);
  const place = one("#call-place"), box = one("#call");
  if (!box) return;
  const form = one("form", box), text = one("strong", box), more = one("p span", box), next = form.elements.next;
  const mine = form.elements.alert;
  next.value = location.pathname + location.search;

  // show says what calls; null: nothing does any more.
  function show(call) {
    if (!call) {
      if (box.classList.contains("calm")) return;
      if (box.classList.contains("late")) box.hidden = true; // below it nothing was moved
      else if (!box.hidden) calm(text.dataset.over);
      mine.value = "";
      return;
    }
    const fresh = call.alert !== mine.value || box.hidden;
    if (fresh && (box.hidden || box.getBoundingClientRect().bottom < 0)) {
      if (!box.hidden) place.style.height = place.offsetHeight + "px";
      box.classList.add("late");
    }
    box.classList.remove("calm");
    box.classList.toggle("unheard", !!call.unheard);
    put(text, call.say);
    put(more, call.more || "");
    mine.value = call.alert;
    form.hidden = !call.may;
    box.hidden = false;
  }
  // put changes what is read aloud only if it is another.
  function put(el, words) { if (el.textContent !== words) el.textContent = words; }
  function calm(words) {
    box.classList.remove("unheard");
    box.classList.add("calm");
    put(text, words);
    put(more, "");
    form.hidden = true;
  }
  window.desk.called = (got) => show(got.call);

  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    let got;
    try {
      const res = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
      if (!res.ok || !res.headers.get("Content-Type").startsWith("application/json")) return form.submit(); // its page says what is wrong
      got = await res.json();
    } catch {
      return form.submit();
    }
    if (got.call && got.call.alert !== mine.value) { show(got.call); return; }
    calm(got.say);
    mine.value = "";
  });

  async function ask() {
    const res = await fetch("/on-call/now", { headers: { Accept: "application/json" } });
    if (res.ok) show((await res.json()).call);
  }
  let rounds = 0;
  setInterval(() => {
    rounds++;
    if (window.desk.told() || document.hidden && rounds % 4) return;
    ask().catch(() => {});
  }, 15000);
})();
