package review

import (
	"testing"
	"time"

	"triage/internal/chromium"
)

// TestWithoutJavaScript: everything that has a key has a button too, and what the page
// does while somebody writes it does on demand.
func TestWithoutJavaScript(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	b := caseTab(t, w, "rita")
	b.Prefix = "plain-"
	defer b.Watch()()
	b.NoScript(true)
	b.at("story")
	b.Follow("#said form button")
	b.Wait("the words", ".words mark")
	b.Is("the text can be written at once", `document.querySelector("#f-reply").checkVisibility() && !document.querySelector("#wording").checkVisibility()`)
	b.Type("#f-reply", "We hope your surgery went well.")
	b.Follow("button[formaction$='/look']:not([name])")
	b.Wait("what stops it", "#stops span")
	b.Is("it says which words, and keeps the text", `document.querySelector("#stops").textContent.includes("“hope your surgery went well”") && document.querySelector("#f-reply").value === "We hope your surgery went well."`)
	b.Shoot("case-checked")
	b.Click("details.no-js summary")
	b.Follow("button[name=wording][value='1']")
	b.Wait("another wording", "#f-reply")
	b.Until("it is safe", `document.querySelector("#g-reply").textContent.includes("safe to publish") && !document.querySelector("#f-reply").value.includes("surgery")`)
	b.Size(390, 844)
	b.fits()
	b.Shoot("case-phone")
	b.Size(1200, 900)
	b.Type("#f-reply", "Please call us, half written.")
	b.Type("#f-note", "Marta calls tomorrow.")
	b.Follow("#team .notes button")
	b.Wait("the note", "#team .note")
	b.Is("what was being written is there, the note is sent", `document.querySelector("#f-reply").value === "Please call us, half written." && document.querySelector("#f-note").value === ""`)
	b.Type("#f-reply", "Thank you for writing. Please call (503) 555-0142.")
	b.Follow("button.main[data-key=a]")
	b.Wait("the decision", ".done")
	b.Is("it can be undone", `document.querySelector("#bar").textContent.includes("Goes out in")`)
	b.Shoot("case-approved")
	b.Follow("#bar form button")
	b.Wait("the form again", "#decide")
}

// TestUrgentOnAPhone: from the alert's link to the approved reply, signed out before:
// name and password, reveal, approve.
func TestUrgentOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	b := &atCase{chromium.New(t), w}
	b.Prefix = "phone-"
	defer b.Watch()()
	b.Size(390, 844)
	b.Open(w.server.URL+"/cases/urgent", "#password")
	b.Type("#name", "rita")
	b.Type("#password", secret+"\r")
	b.Wait("the case that the alert is about", "#decide")
	b.Is("it is the urgent one, said in words", `document.querySelector("h1.loud").textContent.includes("Urgent: may need help now")`)
	b.Click("#said form button")
	b.Wait("the words", ".words")
	b.Click("button.main[data-key=a]")
	b.Wait("the countdown", "#bar [data-goes]")
	b.fits()
	b.Shoot("urgent-approved")
}

// TestTheCasePageInSpanish is the same page for those who read Spanish.
func TestTheCasePageInSpanish(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	b := caseTab(t, w, "otto")
	b.Prefix = "spanish-"
	defer b.Watch()()
	b.at("story")
	b.Click("button[lang=es]")
	b.Wait("the page in Spanish", "html[lang=es] #team")
	b.Press("r")
	b.Wait("the words", ".words mark")
	b.everywhere("case")
	b.Press("e")
	b.Type("#f-reply", "We hope your surgery went well. Please call us.")
	b.Until("it says what stops it", `document.querySelector("#stops").textContent.includes("La respuesta no puede salir por “hope your surgery went well”")`)
	b.everywhere("case-typing")
	b.Press("\x1b")
	b.Press("v")
	b.Until("it is safe", `document.querySelector("#g-reply").textContent.startsWith("se puede publicar")`)
	b.Press("a")
	b.Wait("the countdown", "#bar [data-goes]")
	b.Until("it counts in Spanish", `/^Sale en \d+ segundos\.$/.test(document.querySelector("#bar [data-goes]").textContent)`)
	b.everywhere("case-approved")
}
