/*! triage nudge: asks before a comment is published that looks like medical detail.
 * All in this browser: nothing that is typed is sent elsewhere, kept or logged.
 * SPDX-License-Identifier: GPL-2.0-or-later OR Apache-2.0 */
(function () {
	"use strict";
	if (window.triageNudge) { return; } // it is on the page twice
	window.triageNudge = true;

	// What triage nudge fills in: the practice, the list of words, the patterns.
	const data = "@data@";

	const texts = {
		en: {
			found: ["", "This looks like personal medical detail.", "This looks like a phone number, an e-mail address or a date of birth."],
			open: "Comments here are public.",
			both: "Please use our private form or call @.", form: "Please use our private form instead.", phone: "Please call @ instead.",
			go: "Private form", edit: "Edit my comment", send: "Publish anyway",
		},
		es: {
			found: ["", "Esto parece un dato médico personal.", "Esto parece un teléfono, un correo electrónico o una fecha de nacimiento."],
			open: "Los comentarios aquí son públicos.",
			both: "Use nuestro formulario privado o llame al @.", form: "Use mejor nuestro formulario privado.", phone: "Es mejor que llame al @.",
			go: "Formulario privado", edit: "Editar mi comentario", send: "Publicar de todos modos",
		},
		fr: {
			found: ["", "Ceci ressemble à une information médicale personnelle.", "Ceci ressemble à un numéro de téléphone, une adresse e-mail ou une date de naissance."],
			open: "Les commentaires ici sont publics.",
			both: "Utilisez plutôt notre formulaire privé ou appelez le @.", form: "Utilisez plutôt notre formulaire privé.", phone: "Appelez plutôt le @.",
			go: "Formulaire privé", edit: "Modifier mon commentaire", send: "Publier quand même",
		},
	};

	// Nothing moves, so there is no motion to reduce.
	const style = ".box{box-sizing:border-box;max-width:40em;margin:0 0 1em;padding:.8em 1em;border:2px solid #7a4b00;border-inline-start-width:8px;" +
		"border-radius:4px;background:#fff8e8;color:#1f1a14;font:inherit;font-size:max(1em,16px);line-height:1.5;letter-spacing:normal;text-align:start;text-transform:none}" +
		"p{margin:0 0 .7em}.what{font-weight:700}.acts{display:flex;flex-wrap:wrap;gap:.6em;margin:0}p a{color:#153f86;white-space:nowrap}" +
		".acts a,button{box-sizing:border-box;min-height:44px;padding:.5em .9em;border:2px solid #153f86;border-radius:4px;font:inherit;line-height:1.4;text-decoration:none;cursor:pointer}" +
		".acts a{background:#153f86;color:#fff;font-weight:700}button{background:#fff;color:#153f86}button:last-child{border-color:#5c5346;color:#1f1a14}" +
		".acts a:hover,button:hover{text-decoration:underline}:focus-visible,.box:focus{outline:3px solid #153f86;outline-offset:2px}" +
		"@media print{.acts{display:none}}";

	// Clicks so many milliseconds after a question were meant for what was there
	// before: the second half of a double click, a held key.
	const tooSoon = 600;

	// By form: which text was asked about, when, and what shows the question.
	const asked = new WeakMap();

	// Judging, as package nudge does it.

	const letters = new Map(data.letters.split(" ").map(function (pair) {
		const letter = String.fromCodePoint(pair.codePointAt(0));
		return [letter, pair.slice(letter.length)];
	}));

	function plain(text) {
		let out = "";
		for (const c of text.normalize("NFKD")) {
			if (letters.has(c)) {
				out += letters.get(c);
			} else if (c < "\u0080") {
				out += c.toLowerCase();
			} else if (!/[\p{Mn}\p{Cf}]/u.test(c)) {
				out += " ";
			}
		}
		return out.replace(/\b(qu|[cdjlmnst])'/g, "$1 ").replace(/'/g, "");
	}

	function features(text) {
		const all = new Set();
		for (const sentence of text.split(/[.!?;\n]+/)) {
			const words = (sentence.match(/[a-z0-9]+/g) || []).map(function (w) {
				return w.replace(/[0-9]/g, "0").replace(/([a-z])\1{2,}/g, "$1");
			});
			words.forEach(function (w, i) {
				all.add(w);
				if (w.length > data.stem) {
					all.add(w.slice(0, data.stem) + "*");
				}
				if (i + 1 < words.length) {
					all.add(w + " " + words[i + 1]);
				}
			});
		}
		return all;
	}

	let list = null; // points by word, read when they are first wanted
	function points(text) {
		if (!list) {
			list = new Map();
			for (const group of data.list) {
				const cut = group.indexOf(":"), worth = Number(group.slice(0, cut));
				group.slice(cut + 1).split(",").forEach(function (w) { list.set(w, worth); });
			}
		}
		let sum = 0;
		features(text).forEach(function (f) { sum += list.get(f) || 0; });
		return sum;
	}

	function find(text, pattern) {
		return text.match(new RegExp(pattern, "g")) || [];
	}

	function contact(text, practice) {
		const own = practice.phone.replace(/[^0-9]/g, "");
		return find(text, data.search.Birth).length > 0 ||
			find(text, data.search.Email).some(function (m) { return m.slice(m.indexOf("@") + 1) !== practice.domain; }) ||
			find(text.replace(new RegExp(data.search.Date, "g"), ";"), data.search.Phone).some(function (m) {
				const n = m.replace(/[^0-9]/g, "");
				return (n.length >= 9 || new RegExp(data.search.Short).test(m)) && n.length <= 15 && !new RegExp(data.search.Free).test(n) &&
					!(own && (own.endsWith(n) || n.endsWith(own)));
			});
	}

	// judge says 1 for medical detail, 2 for what tells who somebody is, else 0.
	function judge(text, practice) {
		const p = plain(text);
		return points(p) >= data.wanted ? 1 : contact(p, practice) ? 2 : 0;
	}

	// given are attributes of the script's own element or, where a plugin wrote
	// them, of one in the form; they go before what was filled in.
	function given() {
		const at = document.querySelector("script[data-triage-nudge], form [data-triage-nudge]");
		return at ? at.dataset : {};
	}

	function practice() {
		const g = given(), of = data.practice, out = { phone: g.phone || of.phone, name: g.name || of.name, link: "", domain: "" };
		const to = g.private || of.private;
		if (to) {
			const url = new URL(to, document.baseURI);
			if (url.protocol === "https:" || url.protocol === "http:") {
				out.link = url.href;
				out.domain = url.hostname.replace(/^www\./, "");
			}
		}
		return out;
	}

	function watched(form) {
		return form.querySelector("[data-triage-nudge]") || form.matches(given().forms || "form#commentform, form.comment-form, form[action*='wp-comments-post']");
	}

	function fields(form) {
		return Array.from(form.querySelectorAll(given().fields || "textarea, [contenteditable='true']"));
	}

	function written(field) { return typeof field.value === "string" ? field.value : field.innerText; }

	function comment(form) { return fields(form).map(written).join("\n"); }

	// gist is a text without what changes nothing of what it says.
	function gist(text) { return plain(text).replace(/[^a-z0-9]+/g, " ").trim(); }

	function make(tag, text, attributes) {
		const e = document.createElement(tag);
		e.textContent = text;
		Object.keys(attributes || {}).forEach(function (k) { e.setAttribute(k, attributes[k]); });
		return e;
	}

	// language is that of the page around the form, if it is one of ours.
	function language(form) {
		const at = form.closest("[lang]"), code = at ? at.lang.slice(0, 2).toLowerCase() : "";
		return texts[code] ? code : "en";
	}

	// advice says where to go instead, the number as a link.
	function advice(say, p) {
		const parts = (p.link && p.phone ? say.both : p.link ? say.form : say.phone).split("@");
		const line = make("p", say.open + " " + parts[0], { id: "why" });
		if (parts.length > 1) {
			line.append(make("a", p.phone, { href: "tel:" + p.phone.replace(/[^+0-9]/g, "") }), parts[1]);
		}
		return line;
	}

	function dress(shadow) {
		try {
			const sheet = new CSSStyleSheet(); // needs no permission of a content security policy
			sheet.replaceSync(style);
			shadow.adoptedStyleSheets = [sheet];
		} catch (e) {
			shadow.append(make("style", style));
		}
	}

	// place is before the button, outside of what only surrounds the button.
	function place(form, button) {
		let at = button || form.querySelector("[type=submit], button:not([type])") || form.lastElementChild;
		while (at.parentElement && at.parentElement !== form && !at.parentElement.querySelector("textarea, select, input:not([type=hidden]):not([type=submit]):not([type=image])")) {
			at = at.parentElement;
		}
		return at;
	}

	function close(form) {
		const last = asked.get(form);
		if (last && last.host) {
			last.host.remove();
			last.host = null;
		}
	}

	function edit(form) {
		close(form);
		(fields(form).find(function (f) { return written(f).trim(); }) || form).focus();
	}

	// send does what the visitor had asked for.
	function send(form, button) {
		close(form);
		Object.assign(asked.get(form), { key: gist(comment(form)), publish: true });
		if (button) {
			button.focus();
			button.click();
		} else {
			const submit = HTMLFormElement.prototype.requestSubmit || HTMLFormElement.prototype.submit;
			submit.call(form); // a button named submit hides the form's own
		}
	}

	function ask(form, button, found, since) {
		const p = practice(), lang = language(form), say = texts[lang];
		if (!p.link && !p.phone) {
			return null;
		}
		const host = make("div", "", { "class": "triage-nudge", lang: lang });
		const shadow = host.attachShadow({ mode: "open" });
		const box = make("div", "", { "class": "box", dir: "ltr", role: "alertdialog", "aria-labelledby": "what", "aria-describedby": "why", tabindex: "-1" });
		const acts = make("div", "", { "class": "acts" });
		if (p.link) {
			acts.append(make("a", say.go + (p.name ? " \u2013 " + p.name : ""), { href: p.link, referrerpolicy: "no-referrer" }));
		}
		const buttons = [make("button", say.edit, { type: "button" }), make("button", say.send, { type: "button" })];
		buttons[0].addEventListener("click", function () { edit(form); });
		buttons[1].addEventListener("click", function () { send(form, button); });
		acts.append(buttons[0], buttons[1]);
		box.append(make("p", say.found[found], { id: "what", "class": "what" }), advice(say, p), acts);
		box.addEventListener("click", function (e) {
			if (e.timeStamp - since < tooSoon) {
				e.preventDefault();
				e.stopPropagation();
			}
		}, true);
		box.addEventListener("keydown", function (e) {
			if (e.key === "Escape") {
				e.stopPropagation(); // what is around the form must not close on it
				edit(form);
			}
		});
		dress(shadow);
		shadow.append(box);
		place(form, button).before(host);
		box.focus();
		return host;
	}

	// hold reports whether a form must wait. It waits once for a text.
	function hold(form, button, time) {
		const text = comment(form), key = gist(text), last = asked.get(form);
		if (last && last.key === key) {
			if (!last.publish && time - last.since < tooSoon) {
				return true;
			}
			close(form);
			return false;
		}
		close(form);
		const found = judge(text, practice()), host = found ? ask(form, button, found, time) : null;
		if (host) {
			asked.set(form, { key: key, since: time, host: host, publish: false });
		}
		return host !== null;
	}

	function guard(event, form, button) {
		try {
			if (form && form.elements && watched(form) && hold(form, button, event.timeStamp)) {
				event.preventDefault();
				event.stopImmediatePropagation();
			}
		} catch (e) {
			// Whatever is wrong here, the form works as ever.
		}
	}

	// Before anybody else hears of it: plugins send forms on their own at a click.
	window.addEventListener("click", function (e) {
		const button = e.target instanceof Element ? e.target.closest("button, input") : null;
		if (button && (button.type === "submit" || button.type === "image") && !button.disabled) {
			guard(e, button.form, button);
		}
	}, true);
	window.addEventListener("submit", function (e) { guard(e, e.target, e.submitter || null); }, true);
})();
