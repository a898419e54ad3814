package digest

import (
	"context"
	"errors"
	"flag"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

var update = flag.Bool("update", false, "write the letters that are compared with")

// golden compares a letter with the one that was looked at.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}

func TestLettersAreThoseThatWereLookedAt(t *testing.T) {
	for state, make := range map[string]func() *world{"empty": newWorld, "busy": busy} {
		for _, kind := range []Kind{Morning, Weekly} {
			for _, lang := range []string{"en", "es"} {
				l := make().write(t, kind, lang)
				golden(t, strings.Join([]string{string(kind), state, lang}, "-")+".txt", "Subject: "+l.Subject+"\n\n"+l.Text)
				if state == "busy" && lang == "en" {
					golden(t, string(kind)+".html", l.HTML)
				}
			}
		}
	}
}

var (
	tags   = regexp.MustCompile(`(?s)<(title|style).*?</(title|style)>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
	loads  = regexp.MustCompile(`(?i)src=|<img|<link|<script|@import|url\(|color:|background`)
)

// The HTML says what the text says, loads nothing, and has no colours of its own.
func TestHTMLSaysTheSame(t *testing.T) {
	for _, kind := range []Kind{Morning, Weekly} {
		l := busy().write(t, kind, "en")
		shown := html.UnescapeString(tags.ReplaceAllString(l.HTML, " "))
		shown = spaces.ReplaceAllString(shown, " ")
		for said := range strings.Lines(l.Text) {
			said = strings.TrimPrefix(strings.TrimSpace(said), "- ")
			if strings.HasPrefix(said, "https://") {
				if !strings.Contains(html.UnescapeString(l.HTML), `href="`+said+`"`) {
					t.Errorf("%s: no link to %s", kind, said)
				}
				continue
			}
			if said != "--" && !strings.Contains(strings.ToUpper(shown), strings.ToUpper(said)) {
				t.Errorf("%s: the HTML does not say %q", kind, said)
			}
		}
		if found := loads.FindString(l.HTML); found != "" {
			t.Errorf("%s: the HTML has %q", kind, found)
		}
	}
}

// What cannot be looked at is said, and no number stands in its place.
func TestDeskThatCannotBeLookedAt(t *testing.T) {
	faults := map[string]func(*world){
		"no desk": func(w *world) { w.Desk = nil },
		"not ready": func(w *world) {
			w.Ready = func(context.Context) error { return errors.New("the index is being filled") }
		},
		"cases not read": func(w *world) { w.shelf.failing = errors.New("no quorum") },
	}
	for name, break_ := range faults {
		for _, kind := range []Kind{Morning, Weekly} {
			w := busy()
			break_(w)
			l := w.write(t, kind, "en")
			if !strings.Contains(l.Subject, "the desk could not be looked at") || !strings.Contains(l.Text, "The desk could not be looked at") {
				t.Errorf("%s: the %s letter does not say so:\n%s\n%s", name, kind, l.Subject, l.Text)
			}
			if strings.Contains(l.Text, "WHAT WAITS NOW") || strings.Contains(l.Text, "Nothing waits") {
				t.Errorf("%s: the %s letter says what waits:\n%s", name, kind, l.Text)
			}
		}
	}
}

// What nobody gave is said to be not known.
func TestWhatIsNotKnownIsSaid(t *testing.T) {
	w := newWorld()
	w.Health, w.Duty, w.Calls = nil, nil, nil
	morning, weekly := w.write(t, Morning, "en").Text, w.write(t, Weekly, "en").Text
	for _, want := range []string{"It is not known who was called.", "It is not known who is on call.", "It is not known which accounts are read."} {
		if !strings.Contains(morning, want) {
			t.Errorf("the morning summary does not say %q:\n%s", want, morning)
		}
	}
	for _, want := range []string{"It is not known how many comments were read.", "It is not known what was missed", "It is not known which alerts there were.",
		"It is not known whether the accounts could be read", "There is no week before to compare with."} {
		if !strings.Contains(weekly, want) {
			t.Errorf("the weekly report does not say %q:\n%s", want, weekly)
		}
	}
}

// Alerts whose log cannot be read are taken from what the pager remembers, and the letter
// says that some may be missing.
func TestAlertsWithoutALog(t *testing.T) {
	w := busy()
	w.Calls = func(context.Context, time.Time, time.Time) ([]Call, error) { return nil, errors.New("no quorum") }
	text := w.write(t, Morning, "en").Text
	if !strings.Contains(text, "an alert: nobody acknowledged it; it lasts.") || !strings.Contains(text, "Only alerts that last") {
		t.Errorf("the morning summary says\n%s", text)
	}
}

// What is not judged because of a platform's terms is in no figure.
func TestRoutineIsInNoFigure(t *testing.T) {
	plain, with := busy(), busy()
	for i := range 30 {
		c := with.open(respond.LaneRoutine, "x", 3*dayLong+time.Duration(i)*time.Minute)
		with.shelf.put(with.decide(c, 2*dayLong, "approved", with.act(ingest.Reply, respond.Sent, 2*dayLong)))
	}
	for _, kind := range []Kind{Morning, Weekly} {
		a, b := plain.write(t, kind, "en"), with.write(t, kind, "en")
		if a.Subject != b.Subject || figures(a.Text) != figures(b.Text) {
			t.Errorf("%s: with what is not judged it says\n%s, without\n%s", kind, b.Text, a.Text)
		}
	}
}

// odd is what a sentence has that was not filled in.
var odd = regexp.MustCompile(`%!|%\[|%[ds]|- : |:: |\.\.$|<nil>|0001`)

// figures is a letter without the lines about what is not judged.
func figures(text string) string {
	var out []string
	for l := range strings.Lines(text) {
		if !strings.HasPrefix(l, "- Not judged") {
			out = append(out, l)
		}
	}
	return strings.Join(out, "")
}

// Shares of few are not said in percent.
func TestSharesOfFewAreNotPercentages(t *testing.T) {
	for _, c := range []struct {
		n, of int
		want  string
	}{{0, 0, "0 of 0"}, {3, 9, "3 of 9"}, {3, 10, "3 of 10 (30 %)"}, {1, 3000, "1 of 3,000 (0 %)"}, {2, 3, "2 of 3"}, {12, 12, "12 of 12 (100 %)"}} {
		if got := in("en").share(c.n, c.of); got != c.want {
			t.Errorf("%d of %d is said as %q, want %q", c.n, c.of, got, c.want)
		}
	}
}
