package office

import (
	"net/url"
	"strings"
	"testing"

	"triage/internal/review/say"
)

// What is set comes out of its own form again, is told in both languages, and what it
// means is a whole sentence.
func TestFormsKeepWhatIsSet(t *testing.T) {
	for name, values := range map[string][]string{
		"posting.mode": {"shadow", "review"}, "posting.automatic": {"", "clear", "possible; clear"}, "review.four_eyes": {"true", "false"},
		"posting.undo": {"0s", "45s", "1m", "90s", "2h", "24h"}, "posting.quiet": {"", "22:00-07:00"}, "posting.thread_cap": {"0", "5"},
		"posting.daily_cap": {"50"}, "posting.read_back": {"65s", "3m"}, "alerts.lanes": {"", "clear pages; possible tells"},
		"classify.catch": {"0", "98", "99.5"}, "classify.terms": {"", "en procedure CoolSculpting Elite; es condition azúcar"},
		"classify.staff": {"", "Dr. Ruiz; Marta"}, "classify.own": {"", "(503) 555-0142; cedar.example"}, "classify.sample": {"0", "20"},
		"retention.unflagged": {"7d", "12h"}, "retention.decided": {"30d"}, "not.in_the_table": {"x"},
	} {
		a, ok := known(name)
		if !ok {
			a.form, a.effect = plain{}, func(w *say.Words, _ string) string { return w.Say("Done.") }
		}
		for _, value := range values {
			if got, problem := a.form.text(a.form.typed(value)); got != value || problem != "" {
				t.Errorf("%s: %q became %q, %q", name, value, got, problem)
			}
			for _, lang := range say.Languages {
				w := say.In(lang.Code)
				if a.form.tell(w, value) == "" || !strings.HasSuffix(a.effect(w, value), ".") || strings.Contains(a.effect(w, value), "%!") {
					t.Errorf("%s = %q in %s: %q, %q", name, value, lang.Code, a.form.tell(w, value), a.effect(w, value))
				}
				wantWords(t, name, a.form.fields(w, a.form.typed(value)))
			}
		}
	}
}

// wantWords fails for a field that has no words.
func wantWords(t *testing.T, name string, all []field) {
	t.Helper()
	if len(all) == 0 {
		t.Errorf("%s has no fields", name)
	}
	for _, f := range all {
		switch {
		case f.Kind == "row":
			wantWords(t, name, f.Row)
		case f.Kind != "radio" && f.Kind != "tick" && f.Label == "":
			t.Errorf("%s: field %s has no label", name, f.Name)
		case (f.Kind == "radio" || f.Kind == "select") && len(f.Options) < 2:
			t.Errorf("%s: field %s has no choice", name, f.Name)
		}
		for _, o := range f.Options {
			if o.Label == "" {
				t.Errorf("%s: a choice of %s has no words", name, f.Name)
			}
		}
	}
}

func TestAFormSaysWhatItCannotRead(t *testing.T) {
	for _, tt := range []struct {
		form  form
		typed url.Values
		value string // with it, nothing is wrong
	}{
		{span{units: "smh"}, url.Values{"value": {" 007 "}, "unit": {"m"}}, "7m"},
		{span{units: "smh"}, url.Values{"value": {"7"}, "unit": {"d"}}, ""},
		{span{units: "smh"}, url.Values{"value": {"7"}, "unit": {""}}, ""},
		{span{units: "smh"}, url.Values{"value": {"-7"}, "unit": {"m"}}, ""},
		{span{units: "smh"}, url.Values{"value": {"9999999"}, "unit": {"m"}}, ""},
		{number{}, url.Values{"value": {"1e3"}}, ""},
		{publishing, url.Values{"value": {"loud"}}, ""},
		{hours{}, url.Values{"on": {"yes"}, "from": {"22:00"}, "to": {""}}, ""},
		{hours{}, url.Values{"on": {"yes"}, "from": {"22:00"}, "to": {"22:00"}}, ""},
		{hours{}, url.Values{"on": {"yes"}, "from": {"24:00"}, "to": {"07:00"}}, ""},
		{catch{}, url.Values{"how": {"more"}, "value": {"many"}}, ""},
		{terms{}, url.Values{"words": {"  Cool   Sculpting ", ""}, "kind": {"procedure", "symptom"}, "lang": {"en", "en"}}, "en procedure Cool Sculpting"},
		{terms{}, url.Values{"words": {"a; es condition b"}, "kind": {"procedure"}, "lang": {"en"}}, ""},
		{lines{}, url.Values{"value": {"Dr. Ruiz\r\n\r\n  Marta \n"}}, "Dr. Ruiz; Marta"},
		{automated, url.Values{"value": {"urgent", "clear"}}, "clear"},
		{louder{}, url.Values{"lane-clear": {"pages"}, "lane-none": {"pages"}}, "clear pages"},
	} {
		value, problem := tt.form.text(tt.typed)
		if (problem == "") != (tt.value != "") || tt.value != "" && value != tt.value {
			t.Errorf("%T %v: %q, %q; want %q", tt.form, tt.typed, value, problem, tt.value)
		}
	}
}

// A time in another unit than its form offers is not taken for one of these.
func TestASpanIsNeverMisread(t *testing.T) {
	if got := (span{units: "smh"}).typed("7d"); got.Get("value") != "168" || got.Get("unit") != "h" {
		t.Errorf("a week is %v", got)
	}
	got := (span{units: "hd"}).typed("90s")
	if value, problem := (span{units: "hd"}).text(got); problem == "" {
		t.Errorf("90 seconds became %s", value)
	}
}
