package office_test

import (
	"strings"
	"testing"

	"triage/internal/settings"
)

// change goes through both pages: what is typed, and that it is meant.
func (v visitor) change(name string, typed ...string) answer {
	v.t.Helper()
	form := append([]string{"version", v.get("/settings/" + name).field("version")}, typed...)
	asked := v.post("/settings/"+name, form...).says(200, "Is this what you mean?")
	return v.post("/settings/"+name, append(form, "seen", asked.field("seen"), "sure", "yes")...)
}

func TestASettingIsToldAndChanged(t *testing.T) {
	w := newWorld(t)
	otto := w.as(t, "otto")
	otto.get("/settings").says(200, "Publishing", "Off: nothing is published", "Time to undo", "1 minute", "Others", "a.new_one")
	otto.get("/settings/posting.undo").says(200, `value="1"`, `<option value="m" selected>minutes</option>`, "As in the configuration file", "Nobody did")

	if got := otto.change("posting.undo", "value", "2", "unit", "h"); got.status != 303 || got.to != "/settings?changed=posting.undo" {
		t.Errorf("changed: %d %s", got.status, got.to)
	}
	if got := w.value("posting.undo"); got.Value != "2h" || got.Changed.By != "otto" {
		t.Errorf("in force: %+v", got)
	}
	otto.get("/settings?changed=posting.undo").says(200, "From now on an approved reply waits before it goes out: 2 hours.", "Changed by otto")
	otto.get("/settings/posting.undo").says(200, "from 1 minute to 2 hours", "Give it back to the file")
	if !strings.Contains(w.acts(t), `"do":"setting-changed","on":"posting.undo","note":"1m to 2h"`) {
		t.Errorf("the audit has:\n%s", w.acts(t))
	}

	otto.change("posting.undo", "file", "yes")
	if got := w.value("posting.undo"); got.Value != "1m" || !got.FromFile {
		t.Errorf("given back: %+v", got)
	}
	otto.get("/settings").says(200, "Given back to the configuration file by otto")
}

func TestWhatIsTypedWrongIsSaidBesideIt(t *testing.T) {
	w := newWorld(t)
	otto := w.as(t, "otto")
	version := otto.get("/settings/posting.daily_cap").field("version")
	for typed, want := range map[string]string{
		"5000":  "5000 is out of range: write 1 to 1000 actions an account and day.",
		"fifty": "Write a whole number, such as 2.", "": "Write a whole number, such as 2.",
	} {
		otto.post("/settings/posting.daily_cap", "version", version, "value", typed).says(422, want, `value="`+typed+`"`, `aria-describedby="trouble"`)
	}
	otto.post("/settings/posting.daily_cap", "version", version, "value", "50").says(200, "It is so already.")
	otto.post("/settings/posting.daily_cap", "version", "x", "value", "60").says(400)
	otto.post("/settings/no.such", "version", "0", "value", "60").says(404)
	otto.post("/settings/posting.daily_cap/check", "version", version, "value", "5000").says(200, `{"error":"5000 is out of range`)
	if got := w.value("posting.daily_cap"); got.Value != "50" || got.Changed != nil {
		t.Errorf("changed all the same: %+v", got)
	}
}

// What widens what goes out is asked about once more, whatever a script says.
func TestTheDangerousOnesAreAskedAboutOnceMore(t *testing.T) {
	w := newWorld(t)
	otto := w.as(t, "otto")
	harmless := otto.post("/settings/posting.daily_cap/check", "version", "0", "value", "60").says(200, `"effect":"From now on an account does no more than this: 60 actions in 24 hours.`, `"seen":"`)
	_, seen, _ := strings.Cut(harmless.body, `"seen":"`)
	seen, _, _ = strings.Cut(seen, `"`)
	if got := otto.post("/settings/posting.daily_cap", "version", "0", "value", "60", "seen", seen); got.status != 303 {
		t.Errorf("told while typing: %d", got.status)
	}
	otto.post("/settings/posting.daily_cap", "version", "0", "value", "70", "seen", seen).says(409) // of what was 50

	for name, typed := range map[string]string{"posting.mode": "review", "posting.automatic": "clear"} {
		otto.post("/settings/"+name+"/check", "version", "0", "value", typed).says(200, `"effect":"From now on`).lacks(`"seen"`)
		sure := otto.post("/settings/"+name, "version", "0", "value", typed).says(200, "Is this what you mean?", "From now on")
		otto.post("/settings/"+name, "version", "0", "value", typed, "seen", sure.field("seen")).says(200, "Is this what you mean?")
		otto.post("/settings/"+name, "version", "0", "value", typed, "seen", sure.field("seen"), "back", "yes").says(200, "What should it be?", `value="`+typed+`" checked`)
		if got := w.value(name); got.Changed != nil {
			t.Errorf("%s is %s", name, got.Value)
		}
	}
	otto.post("/settings/posting.automatic", "version", "0", "value", "clear").says(200, "Nobody looks first.", "Clear disclosure")
}

func TestTwoPeopleAtOnce(t *testing.T) {
	w := newWorld(t)
	otto, ada := w.as(t, "otto"), w.as(t, "ada")
	form := []string{"version", otto.get("/settings/posting.undo").field("version"), "value", "5", "unit", "m"}
	sure := otto.post("/settings/posting.undo", form...)
	ada.change("posting.undo", "value", "3", "unit", "m")
	late := otto.post("/settings/posting.undo", append(form, "seen", sure.field("seen"), "sure", "yes")...)
	late.says(409, "ada changed this meanwhile", "3 minutes", "what you chose is still here", `name="value" value="5"`)
	if got := w.value("posting.undo"); got.Value != "3m" {
		t.Errorf("it is %s", got.Value)
	}
	form[1] = late.field("version")
	sure = otto.post("/settings/posting.undo", form...).says(200, "Is this what you mean?")
	if got := otto.post("/settings/posting.undo", append(form, "seen", sure.field("seen"), "sure", "yes")...); got.status != 303 {
		t.Errorf("looked at again: %d", got.status)
	}
}

func TestASecondPersonConfirms(t *testing.T) {
	w := newWorld(t)
	otto, ada := w.as(t, "otto"), w.as(t, "ada")
	otto.change("review.four_eyes", "value", "true")
	otto.post("/settings/posting.mode", "version", "0", "value", "review").says(200, "A second person has to confirm this; until then nothing is different.")
	if got := otto.change("posting.mode", "value", "review"); got.status != 303 {
		t.Fatalf("proposed: %d\n%s", got.status, got.body)
	}
	otto.get("/settings?changed=posting.mode").says(200, "This waits for a second person", "otto proposed: On: what a person approves is published")
	if got := w.value("posting.mode"); got.Value != "shadow" || got.Proposed == nil {
		t.Fatalf("in force already: %+v", got)
	}
	mine := otto.get("/settings/posting.mode").says(200, "You proposed it", "Take it back").lacks("Confirm it")
	otto.post("/settings/posting.mode/confirm", "version", mine.field("version")).says(403, "Somebody else who may change settings")
	hers := ada.get("/settings/posting.mode").says(200, "Confirm it", "Refuse it", "where everybody can read it")
	ada.post("/settings/posting.mode/confirm", "version", "1234").says(409, "Somebody was faster")
	if got := ada.post("/settings/posting.mode/confirm", "version", hers.field("version")); got.status != 303 {
		t.Errorf("confirmed: %d", got.status)
	}
	if got := w.value("posting.mode"); got.Value != "review" || got.Changed.Second != "ada" {
		t.Errorf("in force: %+v", got)
	}
	ada.get("/settings/posting.mode").says(200, "otto, confirmed by ada")
	ada.post("/settings/posting.mode/withdraw", "version", hers.field("version")).says(409, "Somebody was faster")
	for _, act := range []string{`"do":"setting-proposed","on":"posting.mode","note":"shadow to review"`, `"do":"setting-confirmed","on":"posting.mode","note":"proposed by otto: review"`} {
		if !strings.Contains(w.acts(t), act) {
			t.Errorf("the audit lacks %s", act)
		}
	}
}

// Whoever is the only one left cannot switch on what takes two.
func TestNobodyLocksThePracticeIn(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"otto", "bea"} {
		must(t, w.people.SetDisabled(t.Context(), name, true))
	}
	ada := w.as(t, "ada")
	ada.post("/settings/review.four_eyes", "version", "0", "value", "true").says(422, "nobody else here may change settings", `value="true" checked`)
	if got := w.value("review.four_eyes"); got.Value != "false" {
		t.Errorf("it is %s", got.Value)
	}
}

func TestAValueThatThisReleaseDoesNotTake(t *testing.T) {
	w := newWorld(t)
	must(t, w.Settings.Set(t.Context(), settings.Change{Name: "a.new_one", Value: "y", By: "ada"}))
	w.as(t, "otto").get("/settings/a.new_one").says(200, "what nobody knows", `name="value" value="y"`)
	w.as(t, "otto").change("a.new_one", "value", "x")
	if got := w.value("a.new_one"); got.Value != "x" {
		t.Errorf("it is %q", got.Value)
	}
}
