// Somebody is being called: told over the stream where there is one, asked for elsewhere.
// It lies above the page and moves nothing; saying that one is on it leaves the page, and
// what is typed on it, as they are.
"use strict";
(() => {
  const { one, all, say } = window.desk;
  if (one(".calls")) window.desk.refresh = () => location.replace(location.pathname);

  // How long until something, by this page's own clock.
  const began = performance.now();
  function until(seconds) {
    if (seconds <= 0) return say("now");
    if (seconds < 45) return say("in less than a minute");
    const n = Math.round(seconds / 60);
    return n === 1 ? say("in 1 minute") : say("in %s minutes", n);
  }
  const soon = all("[data-in]").filter((el) => el.dataset.in < 7200);
  if (soon.length) setInterval(() => {
    for (const el of soon) put(el, until(el.dataset.in - Math.floor((performance.now() - began) / 1000)));
  }, 5000);

  const place = one("#call-place"), box = one("#call");
  if (!box) return;
  const [single, every] = all("form", box), text = one("strong", box), more = one("p span", box), took = one(".took", box);
  for (const form of [single, every]) {
    form.elements.next.value = location.pathname + location.search;
    form.addEventListener("submit", answer);
  }
  const mine = single.elements.alert;

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
    if (fresh) put(took, "");
    box.classList.remove("calm");
    box.classList.toggle("unheard", !!call.unheard);
    put(text, call.say);
    put(more, call.more || "");
    mine.value = call.alert;
    offer(call);
    box.hidden = false;
  }
  // offer shows the buttons: that she is on it, and on all of it if there are several.
  function offer(call) {
    single.hidden = !call.may;
    every.hidden = !call.may || !call.all;
    const button = one("button", single);
    put(button, call.all ? button.dataset.several : button.dataset.single);
    if (!call.all) return;
    put(one("button", every), call.on_all);
    for (const field of all("[name=alert]", every)) field.remove();
    for (const value of call.all) every.append(Object.assign(document.createElement("input"), { type: "hidden", name: "alert", value }));
  }
  // put changes what is read aloud only if it is another.
  function put(el, words) { if (el.textContent !== words) el.textContent = words; }
  function calm(words) {
    if (box.contains(document.activeElement)) one("a", box).focus(); // its button goes
    box.classList.remove("unheard");
    box.classList.add("calm");
    put(took, "");
    put(text, words);
    put(more, "");
    single.hidden = every.hidden = true;
  }
  window.desk.called = (got) => show(got.call);

  async function answer(e) {
    e.preventDefault();
    const form = e.target, sent = new FormData(form).getAll("alert");
    let got;
    try {
      const res = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
      if (!res.ok || !res.headers.get("Content-Type").startsWith("application/json")) return form.submit(); // its page says what is wrong
      got = await res.json();
    } catch {
      return form.submit();
    }
    if (got.call && !sent.includes(got.call.alert)) { // the others still call
      show(got.call);
      if (form.hidden) one("button", single).focus();
      put(took, got.say);
      return;
    }
    calm(got.say);
    mine.value = "";
  }

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
